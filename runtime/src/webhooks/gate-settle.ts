import { answered, failed, opened, waitsForAnother } from './breaker-steps';
import type { EndpointLimits } from './endpoint';
import type { BreakerState, Gate } from './gate';
import { slotsWithout } from './gate-slots';
import { due, type GateStep, laneOf } from './gate-steps';
import type { Lane } from './webhook-messages';

/** What an attempt says of its endpoint. */
export interface Settlement {
  readonly token: string;
  /** Ok: it took the message. Alive: it answered, but not so. Nothing: it was never asked, or nobody knows. */
  readonly verdict: 'ok' | 'alive' | 'failure' | 'trip' | 'nothing';
  /** It has too much to do: 429 or 503. */
  readonly isThrottled?: boolean;
  readonly isTimeout?: boolean;
  readonly latencyMs?: number;
  /** The receiver asked for no post before this. */
  readonly heldUntil?: number;
  readonly limits: EndpointLimits;
  readonly now: number;
}

export interface Settled {
  /** How many parked deliveries may follow. */
  readonly releases: number;
  readonly change?: 'opened' | 'closed';
  readonly lane: Lane;
  /** Since when every attempt failed, as long as probes fail too. */
  readonly failingSince?: number;
}

const LATENCY_WEIGHT = 0.2;

/** Gives the place of an attempt back and learns from what came of it. */
export function settle(gate: Gate, settlement: Settlement): GateStep<Settled> {
  const { token, verdict, isTimeout = false, now, heldUntil } = settlement;
  const slots = slotsWithout(gate.slots, token, now);
  if (verdict === 'nothing') {
    const given = { ...gate, slots };
    const next = { ...given, dueAt: due(given, now) };
    const isFree = next.parkedSince !== undefined && gate.breaker.state === 'closed';
    return { gate: next, result: { releases: isFree ? 1 : 0, lane: laneOf(next, now) } };
  }
  const breaker = breakerAfter(gate.breaker, settlement);
  const wasOpened = breaker.state === 'open' && gate.breaker.state !== 'open';
  const wasClosed = breaker.state === 'closed' && gate.breaker.state !== 'closed';
  const learned: Gate = {
    ...gate,
    slots,
    breaker,
    ...windowAfter(gate, settlement, wasClosed),
    timeouts: isTimeout ? gate.timeouts + 1 : 0,
    meanLatencyMs: meanAfter(gate, settlement.latencyMs),
    heldUntil: Math.max(gate.heldUntil ?? 0, heldUntil ?? 0) > now ? Math.max(gate.heldUntil ?? 0, heldUntil ?? 0) : undefined,
    failingSince: verdict === 'ok' ? undefined : (gate.failingSince ?? now),
  };
  const next = { ...learned, dueAt: due(learned, now) };
  const change = wasOpened ? 'opened' : wasClosed ? 'closed' : undefined;
  const failingSince = breaker.opened > 1 ? next.failingSince : undefined;
  const result = { releases: releasesAfter(gate, next, settlement), change, lane: laneOf(next, now), failingSince } as const;
  return { gate: next, result };
}

function breakerAfter(breaker: BreakerState, { token, verdict, now }: Settlement): BreakerState {
  if (waitsForAnother(breaker, token)) return breaker;
  if (verdict === 'failure') return failed(breaker, now);
  if (verdict !== 'trip') return answered(breaker);
  return breaker.state === 'open' ? breaker : opened(breaker, now);
}

/** Slow start after the breaker closed: 1, 2, 4 ... a round up to the limit. Halved when the receiver has too much, then one more a round. */
function windowAfter(gate: Gate, { verdict, isThrottled, limits }: Settlement, wasClosed: boolean): Pick<Gate, 'window' | 'slowStartTo'> {
  const most = Math.max(1, limits.inFlight);
  const window = wasClosed ? 1 : Math.min(most, gate.window);
  const slowStartTo = wasClosed ? undefined : gate.slowStartTo;
  if (isThrottled) return { window: Math.max(1, window / 2), slowStartTo: Math.max(1, window / 2) };
  if (verdict !== 'ok' && !wasClosed) return { window, slowStartTo };
  const isSlowStart = slowStartTo === undefined || window < slowStartTo;
  const grown = Math.min(most, window + (isSlowStart ? 1 : 1 / window));
  return { window: grown, slowStartTo: grown >= most ? undefined : slowStartTo };
}

const meanAfter = ({ meanLatencyMs }: Gate, latencyMs: number | undefined): number => {
  if (latencyMs === undefined) return meanLatencyMs;
  return meanLatencyMs === 0 ? latencyMs : Math.round(meanLatencyMs + LATENCY_WEIGHT * (latencyMs - meanLatencyMs));
};

/** One follows who came back, and one more for each place the window grew. A rate spreads its own. */
function releasesAfter(before: Gate, after: Gate, { limits, isThrottled, now }: Settlement): number {
  if (after.parkedSince === undefined || after.breaker.state !== 'closed' || now < (after.heldUntil ?? 0)) return 0;
  if (isThrottled && after.slots.length >= Math.floor(after.window)) return 0;
  const grown = before.breaker.state === 'closed' ? Math.floor(after.window) - Math.floor(Math.min(before.window, limits.inFlight)) : 1;
  return 1 + Math.max(0, grown);
}
