export type SigningErrorCode =
  /** A secret that does not have the form or size of one. */
  | 'invalid-secret'
  /** Anything wrong with an ed25519 key, or with the choice of keys. */
  | 'invalid-key'
  /** An id, a time or a header that must not be signed. */
  | 'invalid-message';

/** What was given cannot sign, or cannot be signed. Its message never shows a secret. */
export class SigningError extends Error {
  override readonly name = 'SigningError';

  constructor(
    readonly code: SigningErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/**
 * What was sealed cannot be read: it was changed, belongs to another context, or was sealed under another key. It is the same at the next
 * try, unlike the errors of a key service that is away, which are passed on as they are.
 */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly code = 'unreadable';
}

export type WebhookVerificationCode =
  | 'missing-header'
  | 'malformed'
  | 'too-old'
  | 'too-new'
  | 'no-match'
  /** It was processed before: answer 2xx. */
  | 'duplicate'
  /** Another request with its id is being processed: answer 503 with Retry-After. */
  | 'in-progress';

/** A request that must not be processed, and why. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';

  constructor(
    readonly code: WebhookVerificationCode,
    message: string,
  ) {
    super(message);
  }
}
