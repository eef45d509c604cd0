/** No time is left of what the request was given. */
export class DeadlineExceededError extends Error {
  readonly code = 'deadline_exceeded';
  override readonly name = 'DeadlineExceededError';

  constructor(readonly afterMs: number) {
    super(`the deadline of ${afterMs} ms has passed; give the request more time or ask for less`);
  }
}

/** The dependency failed so often that it is left alone for a while. */
export class BreakerOpenError extends Error {
  readonly code = 'breaker_open';
  override readonly name = 'BreakerOpenError';

  constructor(
    readonly breaker: string,
    /** Until it may be tried again; 0 while a probe is under way. */
    readonly retryAfterMs: number,
  ) {
    super(`${breaker} is left alone after repeated failures; try again in ${Math.ceil(retryAfterMs / 1_000)} s`);
  }
}

/** As many calls as are allowed are under way, and as many wait. */
export class BulkheadFullError extends Error {
  readonly code = 'bulkhead_full';
  override readonly name = 'BulkheadFullError';

  constructor(
    readonly bulkhead: string,
    concurrency: number,
    queue: number,
  ) {
    super(`${bulkhead} takes ${concurrency} calls at a time and lets ${queue} wait; raise them or send fewer`);
  }
}

/** The limit of calls leaves no room before the deadline. */
export class RateLimitedError extends Error {
  readonly code = 'rate_limited';
  override readonly name = 'RateLimitedError';

  constructor(
    readonly limit: string,
    perMinute: number,
    readonly retryAfterMs: number,
  ) {
    super(
      `${limit} allows ${perMinute} calls a minute and has room in ${Math.ceil(retryAfterMs)} ms, after the deadline; send fewer or raise it`,
    );
  }
}

/** Whoever asked has gone away; the cause is what they aborted with. */
export class CancelledError extends Error {
  readonly code = 'cancelled';
  override readonly name = 'CancelledError';

  constructor(cause: unknown) {
    super('whoever asked has gone away', { cause });
  }
}

/** Whether the caller went away or ran out of time, which says nothing about the work itself. */
export function isCancellation(error: unknown): boolean {
  if (error instanceof DeadlineExceededError || error instanceof CancelledError) return true;
  return (error as { name?: unknown } | undefined)?.name === 'AbortError';
}
