import type { Clock } from './clock';

export interface TimeoutOptions {
  readonly ms: number;
  readonly clock: Clock;
  /** What the work is aborted and rejected with when the time is over. */
  readonly onTimeout: () => Error;
  /** Aborts the work earlier. */
  readonly signal?: AbortSignal;
}

/**
 * Runs work for at most `ms`; its signal aborts then, and the result is rejected even if the work takes no notice.
 *
 * @example
 * await withTimeout((signal) => fetch(url, { signal }), { ms: 30_000, clock, onTimeout: () => new Error('no answer in 30 s') });
 */
export async function withTimeout<T>(work: (signal: AbortSignal) => Promise<T>, options: TimeoutOptions): Promise<T> {
  const { ms, clock, onTimeout, signal } = options;
  signal?.throwIfAborted();
  const abort = new AbortController();
  const timer = new AbortController();
  let leave: (() => void) | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    leave = () => {
      abort.abort(signal?.reason);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', leave, { once: true });
    clock.sleep(ms, timer.signal, { background: true }).then(
      () => {
        const error = onTimeout();
        abort.abort(error);
        reject(error);
      },
      () => {},
    );
  });
  try {
    return await Promise.race([work(abort.signal), over]);
  } finally {
    timer.abort();
    if (leave) signal?.removeEventListener('abort', leave);
  }
}
