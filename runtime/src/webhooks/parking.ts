import { release } from './waiting-steps';
import { cancelOne, expireOne } from './endings';
import type { Endpoint } from './endpoint';
import { drain, emptied, type Drain } from './gate-drain';
import type { GateOwner } from './gate-keeper';
import { laneOf, marked } from './gate-steps';
import { takeDelivery } from './take-delivery';
import type { WebhookContext } from './webhook-context';
import type { Lane } from './webhook-messages';

const AT_ONCE = 16;
const PAGE = 200;
/** Beyond what is wanted: lists lag and tell what was released a moment ago. */
const SPARE = 10;

/** What is left of an endpoint that was deleted. */
const NO_LIMITS = { inFlight: 1 };
const REST_MS = 3_600_000;

/** Notes that a delivery is about to be parked, before it is: its gate is due from then on. */
export const markParked = (context: WebhookContext, owner: GateOwner): Promise<void> =>
  context.gates.step(owner, (gate, now) => ({ gate: marked(gate, now), result: undefined }));

/** Sends parked deliveries on their way, oldest first; answers how many. */
export async function releaseParked(
  context: WebhookContext,
  owner: GateOwner,
  { releases, from, intervalMs }: Drain,
  lane: Lane,
): Promise<number> {
  if (releases === 0) return 0;
  const ids = await context.store.deliveries.parked(owner.id, releases + SPARE);
  let released = 0;
  for (let at = 0; at < ids.length && released < releases;) {
    const some = ids.slice(at, at + Math.min(AT_ONCE, releases - released));
    at += some.length;
    const places = some.map((id, nth) => ({ id, nextAt: Math.ceil(from + (released + nth) * intervalMs) }));
    const done = await Promise.all(places.map(({ id, nextAt }) => releaseOne(context, id, nextAt, lane)));
    released += done.filter(Boolean).length;
  }
  return ids.length === 0 ? 0 : Math.max(1, released);
}

async function releaseOne(context: WebhookContext, id: string, nextAt: number, lane: Lane): Promise<boolean> {
  const { delivery, refusal } = await takeDelivery(context, id, (standing, now) => release(standing, nextAt, now));
  if (!delivery || refusal) return false;
  const { tenantId, endpointId } = delivery;
  await context.hintDelivery(delivery, lane);
  context.tell({ type: 'released', tenantId, endpointId, deliveryId: id });
  return true;
}

/** Looks after the parked deliveries of an endpoint: a probe, a drain, or their end with their endpoint. */
export async function sweepGate(context: WebhookContext, endpointId: string, until = Number.POSITIVE_INFINITY): Promise<void> {
  const gate = await context.store.gates.read(endpointId);
  if (!gate) return;
  const endpoint = await context.store.endpoints.read({ tenantId: gate.tenantId, id: endpointId });
  const owner: GateOwner = endpoint ?? { id: endpointId, tenantId: gate.tenantId, limits: NO_LIMITS };
  if (isOver(endpoint)) return cancelParked(context, owner, until);
  await expireParked(context, endpointId, until);
  if (endpoint?.state !== 'enabled') return rest(context, owner);
  const plan = await context.gates.step(owner, (standing, now) => drain(standing, owner.limits, now));
  const isTold = plan.releases > 0 ? (await releaseParked(context, owner, plan, laneOf(gate, context.clock.now()))) > 0 : true;
  if (!isTold) await forget(context, owner);
}

/** An endpoint that is gone for good: nobody waits for it any more. */
export const isOver = (endpoint: Endpoint | undefined): boolean => endpoint === undefined || endpoint.disabledReason === 'gone';

const forget = (context: WebhookContext, owner: GateOwner): Promise<void> =>
  context.gates.step(owner, (gate, now) => ({ gate: emptied(gate, now), result: undefined }));

/** An endpoint that stands still by somebody's wish: whoever wakes it sweeps it, and it is looked at now and then besides. */
const rest = (context: WebhookContext, owner: GateOwner): Promise<void> =>
  context.gates.step(owner, (gate, now) => ({
    gate: gate.parkedSince === undefined ? undefined : { ...gate, dueAt: now + REST_MS },
    result: undefined,
  }));

async function cancelParked(context: WebhookContext, owner: GateOwner, until: number): Promise<void> {
  await context.gates.step(owner, (gate, now) => ({
    gate: gate.parkedSince === undefined ? undefined : { ...gate, dueAt: now + 1000 },
    result: undefined,
  }));
  while (context.clock.now() < until) {
    const ids = await context.store.deliveries.parked(owner.id, PAGE);
    if (ids.length === 0) return forget(context, owner);
    let ended = 0;
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const done = await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => cancelOne(context, id)));
      ended += done.filter(Boolean).length;
    }
    // The list lags: the next look finds the rest.
    if (ended === 0) return;
  }
}

/** What waited for longer than its body is kept ends, though its endpoint never came back. */
async function expireParked(context: WebhookContext, endpointId: string, until: number): Promise<void> {
  const { store, clock, keepBodiesMs } = context;
  while (clock.now() < until) {
    const ids = await store.deliveries.parked(endpointId, AT_ONCE);
    const oldest = ids.length > 0 ? await store.deliveries.read(ids[0]) : undefined;
    if (!oldest || clock.now() - oldest.createdAt < keepBodiesMs) return;
    const rows = await Promise.all(ids.map((id) => store.deliveries.read(id)));
    const old = rows.flatMap((row) => (row && clock.now() - row.createdAt >= keepBodiesMs ? row.id : []));
    const done = await Promise.all(old.map((id) => expireOne(context, id)));
    if (done.every(({ type }) => type !== 'expired')) return;
  }
}

/** Somebody did something about the endpoint: an open breaker lets a probe through at once, and how long it has failed counts anew. */
export const tryNow = (context: WebhookContext, owner: GateOwner): Promise<void> =>
  context.gates.step(owner, (gate, now) => {
    const { breaker, failingSince } = gate;
    const isOpen = breaker.state === 'open';
    const isSame = !isOpen && failingSince === undefined;
    return {
      gate: isSame ? undefined : { ...gate, failingSince: undefined, breaker: isOpen ? { ...breaker, probeAt: now } : breaker },
      result: undefined,
    };
  });
