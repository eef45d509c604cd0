import type { AttemptResult } from './attempt-result';
import type { Delivery } from './delivery';
import type { Endpoint } from './endpoint';
import type { Settlement } from './gate-settle';
import { backoffMs, retryAt } from './retry-delay';
import type { AttemptEnd } from './transitions';

/** Whoever has too much is left alone for so long at least. */
const LEAST_HOLD_MS = 1000;

interface Made {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly isProbe: boolean;
  readonly now: number;
  readonly random: number;
}

/** What an attempt's result makes of its delivery. */
export function endOf(result: AttemptResult, { delivery, endpoint, isProbe, now, random }: Made): AttemptEnd {
  const { facts, failed, isUnknown, asks } = result;
  if (isUnknown) return { type: 'unknown', facts };
  if (!failed) return { type: 'succeeded', facts };
  const { failure, policy } = failed;
  const isFree = policy.isFree || (isProbe && policy.breaker === 'failure');
  const end = { type: 'failed', failure, facts, isFree } as const;
  if (!policy.isRetried || asks === 'gone' || asks === 'abort-message') return end;
  const { retryPolicy } = endpoint;
  const { retryAfterMs = 0 } = result;
  // It comes back to a gate that is shut by then, and waits there: but not before the receiver asked for it, as it may be the next probe.
  if (isFree) return { ...end, retryAt: now + Math.max(retryAfterMs, backoffMs(retryPolicy, delivery.spent + 1)) };
  const { firstAttemptAt = now, spent } = delivery;
  const question = { policy: retryPolicy, spent: spent + 1, firstAttemptAt, now, random, retryAfterMs };
  return { ...end, retryAt: retryAt(question) };
}

/** What an attempt's result says of its endpoint. */
export function settlementOf(result: AttemptResult, { limits }: Endpoint, now: number): Omit<Settlement, 'token'> {
  const { failed, isUnknown, facts, retryAfterMs } = result;
  const isThrottled = facts.status === 429 || facts.status === 503;
  return {
    verdict: isUnknown ? 'nothing' : failed ? failed.policy.breaker : 'ok',
    isThrottled,
    isTimeout: failed?.failure === 'timeout',
    latencyMs: facts.latencyMs,
    heldUntil: isThrottled ? now + Math.max(LEAST_HOLD_MS, retryAfterMs ?? 0) : undefined,
    limits,
    now,
  };
}
