import type { Clock } from './clock';
import type { Deadline } from './deadline';

export interface RetryPolicy {
  readonly clock: Clock;
  /** From 0 up to but not including 1, as Math.random gives it. */
  readonly random: () => number;
  /**
   * Attempts after the first.
   * @default 3
   */
  readonly retries?: number;
  /**
   * The longest wait before the first retry; it doubles with each.
   * @default 500 ms
   */
  readonly baseMs?: number;
  /**
   * No wait of our own is longer.
   * @default 8_000 ms
   */
  readonly capMs?: number;
  readonly isRetryable: (error: unknown) => boolean;
  /** What the dependency asked for, from now on; it is never asked earlier. */
  readonly retryAfterMs?: (error: unknown) => number | undefined;
  readonly onRetry?: (error: unknown, attempt: number, waitMs: number) => void;
}

/** The wait before retry `attempt` (1 is the first): any time up to the doubled base, after what the dependency asked for. */
export function retryWaitMs(
  attempt: number,
  { random, baseMs = 500, capMs = 8_000 }: Pick<RetryPolicy, 'random' | 'baseMs' | 'capMs'>,
  retryAfterMs = 0,
): number {
  const jittered = random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
  return Math.ceil(retryAfterMs + jittered);
}

/**
 * Tries again with exponential backoff and full jitter while the deadline leaves time for it. What is thrown is what the last attempt
 * threw. Put it around a breaker, never inside, and in one layer only.
 *
 * @example
 * await retry(() => breaker.run(ask), { clock, random: Math.random, isRetryable: isProviderFault }, deadline);
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, policy: RetryPolicy, deadline: Deadline): Promise<T> {
  const { clock, retries = 3, isRetryable, onRetry } = policy;
  deadline.check();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt > retries || !isRetryable(error)) throw error;
      const waitMs = retryWaitMs(attempt, policy, policy.retryAfterMs?.(error));
      if (waitMs >= deadline.remainingMs) throw error;
      onRetry?.(error, attempt, waitMs);
      await clock.sleep(waitMs, deadline.signal);
    }
  }
}
