import type { EndpointLimits } from './endpoint';
import type { Gate } from './gate';
import { liveSlots } from './gate-slots';
import { due, GATE_LOOK_MS, type GateStep, intervalOf, roomOf } from './gate-steps';

/** How many parked deliveries go on their way, and how far apart. */
export interface Drain {
  readonly releases: number;
  readonly from: number;
  readonly intervalMs: number;
}

const MOST_AT_ONCE = 600;

/** What a gate lets go when it is looked at: a probe, as many as there is room for, or what its rate takes until the next look. */
export function drain(gate: Gate, limits: EndpointLimits, now: number): GateStep<Drain> {
  const nothing = { releases: 0, from: now, intervalMs: 0 };
  if (gate.parkedSince === undefined)
    return { gate: gate.dueAt === undefined ? undefined : { ...gate, dueAt: undefined }, result: nothing };
  const looked = { ...gate, dueAt: due(gate, now) };
  const { breaker } = gate;
  if (breaker.state !== 'closed') {
    const isTime = breaker.state === 'half-open' ? liveSlots(gate, now) === 0 : now >= (breaker.probeAt ?? 0);
    return { gate: isTime ? { ...looked, dueAt: now + GATE_LOOK_MS } : looked, result: { ...nothing, releases: isTime ? 1 : 0 } };
  }
  if (now < (gate.heldUntil ?? 0)) return { gate: looked, result: nothing };
  const interval = intervalOf(limits);
  if (interval === 0) return { gate: looked, result: { ...nothing, releases: roomOf(gate, limits, now) } };
  const from = Math.max(now, gate.nextArrivalAt, gate.placedThrough ?? 0);
  const releases = Math.min(MOST_AT_ONCE, Math.max(0, Math.ceil((now + GATE_LOOK_MS - from) / interval)));
  return { gate: { ...looked, placedThrough: from + releases * interval }, result: { releases, from, intervalMs: interval } };
}

const QUIET_MS = 5 * 60_000;

/** Nothing was found parked. Believed only some time after something was last about to be: its write may be under way, and lists lag. */
export function emptied(gate: Gate, now: number): Gate | undefined {
  if (gate.parkedSince === undefined || now - (gate.parkedAt ?? 0) < QUIET_MS) return undefined;
  return { ...gate, parkedSince: undefined, parkedAt: undefined, dueAt: undefined };
}
