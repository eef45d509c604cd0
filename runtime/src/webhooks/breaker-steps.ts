import type { BreakerState } from './gate';

const OPENS_AT = 5;
const WITHIN_MS = 60_000;
const FIRST_PROBE_MS = 30_000;
const LONGEST_PROBE_MS = 3_600_000;

export const CLOSED: BreakerState = { state: 'closed', failures: [], opened: 0 };

/** Opens it; each time in a row the next probe is twice as far, up to an hour. */
export function opened(breaker: BreakerState, now: number): BreakerState {
  const wait = Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * 2 ** breaker.opened);
  return { state: 'open', failures: [], opened: breaker.opened + 1, probeAt: now + wait };
}

/** Lets one probe through. */
export const halfOpened = (breaker: BreakerState, probe: string): BreakerState => ({
  ...breaker,
  state: 'half-open',
  probeAt: undefined,
  probe,
});

/** Whether a half-open one waits for another's answer: what was sent before it opened says nothing of now. */
export const waitsForAnother = ({ state, probe }: BreakerState, token: string): boolean =>
  state === 'half-open' && probe !== undefined && probe !== token;

/** A failure: it opens a half-open breaker, and a closed one when five lie within a minute. */
export function failed(breaker: BreakerState, now: number): BreakerState {
  if (breaker.state === 'half-open') return opened(breaker, now);
  if (breaker.state === 'open') return breaker;
  const failures = [...breaker.failures.filter((at) => now - at < WITHIN_MS), now];
  return failures.length >= OPENS_AT ? opened(breaker, now) : { ...breaker, failures };
}

/**
 * An answer: it closes a half-open breaker and makes up for the oldest failure of a closed one, so that a busy endpoint that fails now and then
 * is not cut off. What was sent before it opened says nothing of now.
 */
export function answered(breaker: BreakerState): BreakerState {
  if (breaker.state === 'half-open') return CLOSED;
  if (breaker.state === 'open' || breaker.failures.length === 0) return breaker;
  return { ...breaker, failures: breaker.failures.slice(1) };
}
