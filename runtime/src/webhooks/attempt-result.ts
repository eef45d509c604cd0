import { type Failure, FAILURES } from './delivery';
import { FAILURE_POLICIES, failureOf, type FailurePolicy } from './failure-policy';
import { retryAfterMs } from './retry-delay';
import type { AttemptFacts } from './transitions';
import type { PostAnswer } from './webhook-ports';

/** What a post came to. */
export interface AttemptResult {
  readonly facts: AttemptFacts;
  /** Absent when the receiver took it. */
  readonly failed?: { readonly failure: Failure; readonly policy: FailurePolicy };
  /** It was broken off by us after it was begun. */
  readonly isUnknown?: boolean;
  readonly retryAfterMs?: number;
  /** It asks, by `webhook-delivery` or 410, for no more: of this endpoint, or of this message. */
  readonly asks?: 'gone' | 'disable' | 'abort-message';
  readonly date?: number;
}

export function answeredWith(answer: PostAnswer, now: number): AttemptResult {
  const { status, headers, address, latencyMs, date } = answer;
  const failed = failureOf(status);
  const control = headers['webhook-delivery']?.trim().toLowerCase();
  const asks = status === 410 ? 'gone' : control === 'disable' || control === 'abort-message' ? control : undefined;
  const detail = failed ? answer.body.toString('utf8') : undefined;
  const facts = { status, latencyMs, address, ...(detail ? { detail } : {}) };
  return { facts, failed, asks, date, retryAfterMs: retryAfterMs(headers['retry-after'], now) };
}

interface Thrown {
  readonly failure?: unknown;
  readonly address?: unknown;
  readonly mayHaveArrived?: unknown;
}

/** Broken off by us before its first byte: nobody's fault, and nothing arrived. */
const NEVER_SENT: FailurePolicy = { isRetried: true, isFree: true, breaker: 'nothing' };

export function threw(error: unknown, { startedAt, now, signal }: { startedAt: number; now: number; signal?: AbortSignal }): AttemptResult {
  const { failure: told, address, mayHaveArrived } = (typeof error === 'object' ? (error ?? {}) : {}) as Thrown;
  const detail = error instanceof Error ? error.message : String(error);
  const facts = { latencyMs: now - startedAt, ...(typeof address === 'string' ? { address } : {}), detail };
  if (signal?.aborted && mayHaveArrived === false) return { facts, failed: { failure: 'timeout', policy: NEVER_SENT } };
  if (signal?.aborted) return { facts: { ...facts, detail: 'broken off: the sender was about to end' }, isUnknown: true };
  // What is thrown without a class comes after the checks: the connection did not end as it should.
  const failure = FAILURES.find((name) => name === told) ?? 'response';
  return { facts, failed: { failure, policy: FAILURE_POLICIES[failure] } };
}
