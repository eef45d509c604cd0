import type { Attempt } from './delivery';

interface OfEndpoint {
  readonly tenantId: string;
  readonly endpointId: string;
}

interface OfDelivery extends OfEndpoint {
  readonly deliveryId: string;
}

/** What happened, for logs and metrics; never what was sent. */
export type WebhookEvent =
  | ({ readonly type: 'opened' | 'closed' } & OfEndpoint)
  | ({ readonly type: 'disabled'; readonly reason: 'gone' | 'asked' | 'failing' } & OfEndpoint)
  | ({ readonly type: 'parked' | 'released' | 'expired' | 'cancelled' | 'succeeded' | 'failed' } & OfDelivery)
  | ({ readonly type: 'attempt'; readonly attempt: Attempt } & OfDelivery)
  /** Whoever made an attempt never said what came of it: the message may arrive twice. */
  | ({ readonly type: 'unknown-attempt' } & OfDelivery)
  /** The receiver's certificate is refused: nothing but an edit mends it. */
  | ({ readonly type: 'tls'; readonly detail: string } & OfDelivery)
  /** The receiver's clock differs by so much: either is wrong, and receivers refuse what is 5 minutes off. */
  | ({ readonly type: 'clock-skew'; readonly skewMs: number } & OfEndpoint)
  /** Left to the sweeper: a hint could not be sent, or parked deliveries could not be released. */
  | { readonly type: 'left'; readonly what: 'fan-out' | 'deliver' | 'release' | 'settle'; readonly id: string; readonly error: unknown };
