export type ProviderErrorCode =
  /** No answer in time. */
  | 'provider_timeout'
  /** No connection, or it broke. */
  | 'provider_unreachable'
  /** 429: too many requests, or no money left. */
  | 'provider_limited'
  /** 408, 409 or 5xx. */
  | 'provider_failed'
  /** 401 or 403. */
  | 'provider_unauthorized'
  /** Any other status. */
  | 'provider_refused'
  /** An answer that is not what the interface promises. */
  | 'provider_garbage';

export interface ProviderErrorDetails {
  readonly status?: number;
  /** What the provider asked for with Retry-After. */
  readonly retryAfterMs?: number;
  /** Nothing that was learnt about the provider: the deadline left too little time to tell. */
  readonly inconclusive?: boolean;
}

/** The provider did not answer as it should. The message holds neither a text nor a key. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly inconclusive: boolean;

  constructor(
    readonly code: ProviderErrorCode,
    message: string,
    { status, retryAfterMs, inconclusive = false }: ProviderErrorDetails = {},
  ) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.inconclusive = inconclusive;
  }
}

/** The caller asked for what cannot be asked of the provider. */
export class ProviderInputError extends Error {
  readonly code = 'provider_input';
  override readonly name = 'ProviderInputError';
}

const RETRYABLE: readonly ProviderErrorCode[] = ['provider_timeout', 'provider_unreachable', 'provider_limited', 'provider_failed'];

export const isRetryable = (error: unknown): boolean => error instanceof ProviderError && RETRYABLE.includes(error.code);
