import { CLOSED, halfOpened } from './breaker-steps';
import type { EndpointLimits } from './endpoint';
import type { Gate } from './gate';
import { liveSlots, oldestSlot, slotsWith } from './gate-slots';
import type { Lane } from './webhook-messages';

/** Why nothing may be posted just now. Full: as much is on its way as may be. Held: the receiver asked to wait. Slow: not in this lane. */
export type GateRefusal = 'open' | 'full' | 'rate' | 'held' | 'slow';

export interface Refused {
  readonly type: 'refused';
  readonly refusal: GateRefusal;
  /** The place in the line that was given away with the refusal. */
  readonly placeAt?: number;
}

export type Admission = { readonly type: 'admitted'; readonly isProbe: boolean } | Refused;

export interface GateStep<Result> {
  /** The gate to write, if it changes. */
  readonly gate?: Gate;
  readonly result: Result;
}

/** How long something waits for its gate at most before the gate is looked at. */
export const GATE_LOOK_MS = 60_000;
/** A rate's burst, in time. */
const BURST_MS = 1000;
/** Places in the line of a rate are given away up to here; who comes later is parked. */
const LONGEST_LINE_MS = 15 * 60_000;
const MARK_MS = 60_000;

export const roomOf = (gate: Gate, limits: EndpointLimits, now: number): number =>
  Math.max(0, Math.floor(Math.min(gate.window, limits.inFlight)) - liveSlots(gate, now));

export const newGate = (endpointId: string, tenantId: string, { inFlight }: EndpointLimits): Gate => ({
  endpointId,
  tenantId,
  slots: [],
  window: inFlight,
  nextArrivalAt: 0,
  breaker: CLOSED,
  timeouts: 0,
  meanLatencyMs: 0,
  ttl: 0,
  revision: '',
});

/** When the gate must be looked at, as long as something is parked. */
export function due(gate: Gate, now: number): number | undefined {
  if (gate.parkedSince === undefined) return undefined;
  if (gate.breaker.state === 'open') return Math.max(now, gate.breaker.probeAt ?? now);
  return Math.max(now + 1000, Math.min(now + GATE_LOOK_MS, gate.heldUntil ?? Number.POSITIVE_INFINITY));
}

/** Notes that something is about to be parked; at most once a minute, as it is a write. */
export function marked(gate: Gate, now: number): Gate | undefined {
  if (gate.parkedAt !== undefined && gate.dueAt !== undefined && now - gate.parkedAt < MARK_MS) return undefined;
  const noted = { ...gate, parkedSince: gate.parkedSince ?? now, parkedAt: now };
  return { ...noted, dueAt: due(noted, now) };
}

export interface Arrival {
  readonly token: string;
  /** Until when the place is held, if nobody gives it back. */
  readonly until: number;
  readonly limits: EndpointLimits;
  /** It was told to come now: by its place in the line, a retry's time or a drain. */
  readonly hasPlace?: boolean;
  readonly lane: Lane;
  readonly now: number;
}

/** Lets a post through, or says why not. */
export function admit(gate: Gate, { token, until, limits, hasPlace = false, lane, now }: Arrival): GateStep<Admission> {
  const { breaker, heldUntil = 0 } = gate;
  const isProbe = breaker.state === 'half-open' || (breaker.state === 'open' && now >= (breaker.probeAt ?? 0));
  const live = liveSlots(gate, now);
  if (breaker.state === 'open' && !isProbe) return refused(gate, 'open', now);
  if (breaker.state === 'half-open' && live > 0) return refused(gate, 'open', now);
  if (lane === 'deliver' && laneOf(gate, now) === 'quarantine') return { result: { type: 'refused', refusal: 'slow' } };
  if (now < heldUntil) return refused(gate, 'held', now);
  if (!isProbe && roomOf(gate, limits, now) === 0) return refused(gate, 'full', now);
  const interval = intervalOf(limits);
  const lineEnds = hasPlace ? gate.nextArrivalAt : Math.max(gate.nextArrivalAt, gate.placedThrough ?? 0);
  if (interval > 0 && lineEnds - now > Math.max(0, BURST_MS - interval)) return placed(gate, interval, now);
  const slots = slotsWith(gate.slots, token, until, now);
  const nextArrivalAt = interval === 0 ? 0 : Math.max(now, gate.nextArrivalAt) + interval;
  const next = { ...gate, slots, nextArrivalAt, breaker: isProbe ? halfOpened(breaker, token) : breaker };
  return { gate: { ...next, dueAt: due(next, now) }, result: { type: 'admitted', isProbe } };
}

export const intervalOf = ({ ratePerSecond }: EndpointLimits): number => (ratePerSecond === undefined ? 0 : 1000 / ratePerSecond);

function refused(gate: Gate, refusal: GateRefusal, now: number): GateStep<Admission> {
  return { gate: marked(gate, now), result: { type: 'refused', refusal } };
}

/** The next place in the line of a rate; parked when the line is too long. */
function placed(gate: Gate, interval: number, now: number): GateStep<Admission> {
  const placeAt = Math.max(gate.nextArrivalAt, gate.placedThrough ?? 0);
  if (placeAt - now > LONGEST_LINE_MS) return refused(gate, 'rate', now);
  return {
    gate: { ...gate, placedThrough: placeAt + interval },
    result: { type: 'refused', refusal: 'rate', placeAt: Math.ceil(placeAt) },
  };
}

const SLOW_MS = 5000;
const MOST_TIMEOUTS = 3;
/** An answer is late after so long, and after so many times the mean. */
const LATE_MS = 1000;
const LATE_TIMES_MEAN = 3;

/** Where deliveries of the endpoint belong: apart from the others when it is slow, comes back, or owes an answer for long. */
export function laneOf(gate: Gate | undefined, now: number): Lane {
  if (!gate) return 'deliver';
  const { breaker, timeouts, meanLatencyMs } = gate;
  const isSlow = timeouts >= MOST_TIMEOUTS || meanLatencyMs > SLOW_MS;
  return breaker.state !== 'closed' || isSlow || isLate(gate, now) ? 'quarantine' : 'deliver';
}

const isLate = ({ slots, meanLatencyMs }: Gate, now: number): boolean =>
  now - oldestSlot(slots, now) > Math.max(LATE_MS, LATE_TIMES_MEAN * meanLatencyMs);
