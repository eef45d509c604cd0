/**
 * Where values live for a while. What is not there is `undefined`; a store that cannot tell rejects with a CacheError, which is not a
 * miss: an absent store must not look like an empty one.
 */
export interface CacheStore {
  get(key: string): Promise<Buffer | undefined>;
  /** Keeps the value for `ttlMs` (whole, at least 1), or less when memory runs out. */
  set(key: string, value: Buffer, ttlMs: number): Promise<void>;
  delete(...keys: string[]): Promise<void>;
  close(): Promise<void>;
}

/** A store whose values can live on while they are used. */
export interface SlidingCacheStore extends CacheStore {
  /** Lets a value live for `ttlMs` from now; false when it is not there. */
  touch(key: string, ttlMs: number): Promise<boolean>;
  /** Sets a value only where there is one; false when there is none. */
  replace(key: string, value: Buffer, ttlMs: number): Promise<boolean>;
}

export type CacheErrorCode =
  /** No answer in time. */
  | 'cache_timeout'
  /** No connection. */
  | 'cache_unavailable'
  /** Left alone after repeated failures. */
  | 'cache_open'
  /** The store answered with an error. */
  | 'cache_refused';

/** The store could not tell or keep something. */
export class CacheError extends Error {
  override readonly name = 'CacheError';

  constructor(
    readonly code: CacheErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function checkTtl(ttlMs: number): void {
  if (Number.isSafeInteger(ttlMs) && ttlMs >= 1) return;
  throw new RangeError(`CacheStore: ttlMs must be a whole number of at least 1, got ${ttlMs}; give the time in milliseconds`);
}
