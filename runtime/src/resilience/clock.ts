/** The longest wait of Node's timers, about 24.8 days; a longer one would fire at once. */
export const LONGEST_WAIT_MS = 2 ** 31 - 1;

export interface SleepOptions {
  /** The process may end before it is over: a timeout beside some work, not a step of it. */
  readonly background?: boolean;
}

/**
 * Time, passed in wherever it is needed.
 *
 * @example
 * await systemClock.sleep(100);
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` (at most 2^31 - 1); rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal, options?: SleepOptions): Promise<void>;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: Date.now,
  sleep(ms, signal, { background = false } = {}) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const cancel = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', cancel);
          resolve();
        },
        Math.min(ms, LONGEST_WAIT_MS),
      );
      if (background) timer.unref();
      signal?.addEventListener('abort', cancel, { once: true });
    });
  },
};
