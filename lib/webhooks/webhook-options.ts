import type { JobScaling } from '../jobs/job-scaling';

/**
 * The webhooks of a platform.
 *
 * @example
 * import { JobScaling, type WebhookOptions } from 'plinth';
 *
 * const webhooks: WebhookOptions = { scaling: JobScaling.onDemand(100) };
 */
export interface WebhookOptions {
  /**
   * How many senders there may be, each with up to 10 deliveries at once. One whose receiver hangs is busy until the time-out: with 50,
   * ten endpoints that begin to hang at once are not felt by the others.
   * @default - up to 50 at once, 5 in dev: the sizing's `webhookSenders`
   */
  readonly scaling?: JobScaling;

  /**
   * Senders for endpoints that are slow or come back, 2 to 100, besides those of `scaling`.
   * @default - 10, 2 in dev: the sizing's `quarantineSenders`
   */
  readonly quarantineConcurrency?: number;

  /**
   * Names that no endpoint may have, besides the platform's own: webhooks to them would go round in circles.
   * @default - the platform's own alone
   */
  readonly refusedHosts?: string[];

  /**
   * Whether deliveries come from addresses that never change, which receivers can let through: a way out of their own, about 75 USD a
   * month, and two Elastic IPs.
   * @default false
   */
  readonly fixedAddresses?: boolean;
}
