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
  /**
   * Calls back after `ms` unless it is taken back before: a background sleep that costs a tenth, for what is nearly always taken back.
   * @default a sleep
   */
  alarm?(ms: number, ring: () => void): () => void;
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
  alarm(ms, ring) {
    const timer = setTimeout(ring, Math.min(ms, LONGEST_WAIT_MS)).unref();
    return () => clearTimeout(timer);
  },
};

const OVER = new Error('over');

/** Calls back after `ms` by any clock, unless what it answers is called before. */
export function alarm(clock: Clock, ms: number, ring: () => void): () => void {
  if (clock.alarm) return clock.alarm(ms, ring);
  const stop = new AbortController();
  clock.sleep(ms, stop.signal, { background: true }).then(ring, () => {});
  return () => stop.abort(OVER);
}
