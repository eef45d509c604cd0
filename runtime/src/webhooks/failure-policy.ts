import type { Failure } from './delivery';

/** What a failed attempt means for the delivery and for the endpoint's breaker. */
export interface FailurePolicy {
  /** Whether another attempt may do better. */
  readonly isRetried: boolean;
  /** Counts against no retry policy: nothing but an edit mends it, and until then the delivery waits. */
  readonly isFree: boolean;
  /** Failure: counts towards opening. Trip: opens at once. Alive: the receiver answered. Nothing: it was never asked. */
  readonly breaker: 'failure' | 'trip' | 'alive' | 'nothing';
}

const unreachable: FailurePolicy = { isRetried: true, isFree: false, breaker: 'failure' };
const answered: FailurePolicy = { isRetried: true, isFree: false, breaker: 'alive' };

export const FAILURE_POLICIES: { readonly [failure in Failure]: FailurePolicy } = {
  dns: unreachable,
  connect: unreachable,
  reset: unreachable,
  timeout: unreachable,
  response: unreachable,
  'http-5xx': unreachable,
  'http-429': answered,
  'http-3xx': answered,
  'http-4xx': { ...answered, isRetried: false },
  'refused-address': { isRetried: false, isFree: false, breaker: 'nothing' },
  tls: { isRetried: true, isFree: true, breaker: 'trip' },
};

/** Client errors that another attempt may not meet again. */
const PASSING = [408, 425];

/** What a status says; nothing when it is a success. */
export function failureOf(status: number): { readonly failure: Failure; readonly policy: FailurePolicy } | undefined {
  if (status >= 200 && status < 300) return undefined;
  const failure = status === 429 ? 'http-429' : status >= 500 ? 'http-5xx' : status >= 400 ? 'http-4xx' : 'http-3xx';
  const policy = FAILURE_POLICIES[failure];
  return { failure, policy: PASSING.includes(status) ? { ...policy, isRetried: true } : policy };
}
