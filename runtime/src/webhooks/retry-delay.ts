import type { RetryPolicy } from './endpoint';

/** The longest wait that a receiver is granted. */
export const MOST_RETRY_AFTER_MS = 24 * 3_600_000;
const MOST_JITTER = 0.2;
const SECONDS = /^\d+$/;
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** How long `Retry-After` asks to wait: seconds or an HTTP date, at most 24 hours. Nothing when it cannot be read. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const asked = SECONDS.test(text) ? Number(text) * 1000 : HTTP_DATE.test(text) ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(asked) ? undefined : Math.min(MOST_RETRY_AFTER_MS, Math.max(0, asked));
}

/** The wait after so many attempts that counted, before any jitter. */
export function backoffMs({ backoff, baseDelayMs, maxDelayMs }: RetryPolicy, spent: number): number {
  const nth = Math.max(1, spent);
  const factor = { exponential: 2 ** (nth - 1), linear: nth, constant: 1 }[backoff];
  return Math.min(maxDelayMs, baseDelayMs * factor);
}

export interface RetryQuestion {
  readonly policy: RetryPolicy;
  /** Attempts that counted, the one that just failed included. */
  readonly spent: number;
  readonly firstAttemptAt: number;
  readonly now: number;
  /** The receiver asked for it. */
  readonly retryAfterMs?: number;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * When to try again; nothing when the policy is used up. Never earlier than the receiver asked: what is random only ever adds, at most a fifth
 * and not beyond the policy's longest wait.
 */
export function retryAt({ policy, spent, firstAttemptAt, now, retryAfterMs: asked = 0, random }: RetryQuestion): number | undefined {
  const floor = Math.max(asked, backoffMs(policy, spent));
  const most = Math.max(policy.maxDelayMs, floor);
  const at = now + Math.min(most, Math.round(floor * (1 + MOST_JITTER * random)));
  if (policy.maxElapsedMs !== undefined) return at - firstAttemptAt > policy.maxElapsedMs ? undefined : at;
  return spent >= policy.maxAttempts ? undefined : at;
}
