/** How a failed delivery is tried again. Times are milliseconds. */
export interface RetryPolicy {
  /** How often a delivery is tried, the first time included; not counted where there is `maxElapsedMs`. */
  readonly maxAttempts: number;
  readonly backoff: 'exponential' | 'linear' | 'constant';
  /** The first wait; later ones grow by the backoff and end at `maxDelayMs`. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** From the first attempt on: a budget of time in the place of a count. */
  readonly maxElapsedMs?: number;
  /** From connecting to the last byte of the answer. */
  readonly timeoutMs: number;
}

/** What a receiver can take. */
export interface EndpointLimits {
  /** Posts that are on their way at once. */
  readonly inFlight: number;
  /** Posts a second; no bound where it is absent. */
  readonly ratePerSecond?: number;
}

/** A key that deliveries are signed with, sealed: what opens it is not in the table. */
export interface SealedKey {
  readonly kid: string;
  readonly version: 'v1' | 'v1a';
  readonly sealed: string;
  /** `whpk_...` of a v1a key. */
  readonly publicKey?: string;
  readonly createdAt: number;
  /** Signs no more from here on: it was rotated out. Epoch milliseconds. */
  readonly notAfter?: number;
}

/** Enabled: deliveries go out. Paused: they wait, by its owner's wish. Disabled: they wait, as the receiver or the platform said stop. */
export const ENDPOINT_STATES = ['enabled', 'paused', 'disabled'] as const;
export type EndpointState = (typeof ENDPOINT_STATES)[number];

/** A receiver of webhooks as it is stored. Times are epoch milliseconds, but for `ttl`. */
export interface Endpoint {
  readonly id: string;
  readonly tenantId: string;
  readonly url: string;
  readonly description?: string;
  /** Types of events, `*` for a part or the rest: `document.completed`, `job.*`, `*`. Empty: an implicit endpoint, which has no subscription. */
  readonly events: readonly string[];
  readonly state: EndpointState;
  /** Why it is disabled. */
  readonly disabledReason?: 'gone' | 'asked' | 'failing';
  readonly retryPolicy: RetryPolicy;
  readonly limits: EndpointLimits;
  /** A header that carries the v1 signatures besides `webhook-signature`. */
  readonly signatureHeader?: string;
  /** Sent with each delivery; sealed, as they may hold credentials. */
  readonly sealedHeaders?: string;
  readonly headerNames: readonly string[];
  readonly keys: readonly SealedKey[];
  /** Made for the `webhook_url` of a job: one of a tenant and origin. */
  readonly isImplicit: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Epoch seconds; only of implicit endpoints. */
  readonly ttl?: number;
  readonly revision: string;
}

/** Whose an endpoint is, by its id alone: what is public of it is asked for without a tenant. */
export interface EndpointOwner {
  readonly endpointId: string;
  readonly tenantId: string;
  /** Epoch seconds; of implicit and of deleted endpoints. */
  readonly ttl?: number;
  readonly revision: string;
}

/** That there was an endpoint, and nothing of what it was: where a purge looks for deliveries that outlived theirs. */
export interface EndpointTombstone {
  readonly id: string;
  readonly tenantId: string;
  /** Epoch seconds: no delivery of the endpoint can be read after it. */
  readonly ttl: number;
  readonly revision: string;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxAttempts: 3,
  backoff: 'exponential',
  baseDelayMs: 1000,
  maxDelayMs: 6 * 3_600_000,
  timeoutMs: 10_000,
};

export const DEFAULT_LIMITS: EndpointLimits = { inFlight: 10 };
