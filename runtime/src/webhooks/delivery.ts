/** What went wrong with an attempt; each has a policy of its own. */
export const FAILURES = [
  'dns',
  'tls',
  'refused-address',
  'connect',
  'reset',
  'timeout',
  'response',
  'http-3xx',
  'http-4xx',
  'http-429',
  'http-5xx',
] as const;
export type Failure = (typeof FAILURES)[number];

/** Sending: nobody has said yet. Unknown: whoever sent it never said; it may have arrived. */
export type AttemptOutcome = 'sending' | 'ok' | 'failed' | 'unknown';

/** Why an attempt was made. */
export type AttemptTrigger = 'auto' | 'manual' | 'recover' | 'replay' | 'probe';

/** One try to post a message to an endpoint. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  readonly trigger: AttemptTrigger;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly outcome: AttemptOutcome;
  readonly failure?: Failure;
  /** The status the receiver answered with. */
  readonly status?: number;
  readonly latencyMs?: number;
  /** The address that was dialled. */
  readonly address?: string;
  /** What went wrong, in words; or the beginning of the answer. */
  readonly detail?: string;
}

/** Where a delivery stands. Pending, retrying: waits for its time. Parked: waits for its endpoint. The last four are final. */
export const DELIVERY_STATES = ['pending', 'sending', 'retrying', 'parked', 'succeeded', 'failed', 'cancelled', 'expired'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** The right to make an attempt, until a time; whoever holds another token is refused. */
export interface SendLease {
  readonly token: string;
  readonly until: number;
}

/** A message on its way to one endpoint, with the log of its attempts: what is known of an attempt and what came of it are one write. */
export interface Delivery {
  /** `del_...`, derived from message and endpoint: there is one of each pair. */
  readonly id: string;
  readonly messageId: string;
  readonly endpointId: string;
  readonly tenantId: string;
  readonly type: string;
  /** In the place of the endpoint's: a job's `webhook_url` on an implicit endpoint. */
  readonly url?: string;
  readonly state: DeliveryState;
  /** Attempts that were made, whatever came of them. It only ever grows. */
  readonly attempt: number;
  /** Attempts that count against the policy: parking and probing spend none. */
  readonly spent: number;
  /** The newest attempts, oldest first, at most 50. */
  readonly attempts: readonly Attempt[];
  readonly trigger: AttemptTrigger;
  /** The task that sent it again: it does so once, however often it begins anew. */
  readonly resentBy?: string;
  readonly lease?: SendLease;
  /** Not sent before this. */
  readonly nextAt: number;
  /** When the sweeper should look; absent when it is final or parked. */
  readonly dueAt?: number;
  readonly lastFailure?: Failure;
  readonly createdAt: number;
  readonly firstAttemptAt?: number;
  readonly finishedAt?: number;
  /** Epoch seconds after which the row is as good as gone. */
  readonly ttl: number;
  readonly revision: string;
}

const OPEN: readonly DeliveryState[] = ['pending', 'sending', 'retrying', 'parked'];

export const isFinal = ({ state }: Pick<Delivery, 'state'>): boolean => !OPEN.includes(state);
