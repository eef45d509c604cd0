import type { AttemptResult } from './attempt-result';
import type { DeliverOutcome } from './deliverer';
import { type Delivery, isFinal } from './delivery';
import { disable } from './disable';
import type { Endpoint } from './endpoint';
import { settle, type Settlement } from './gate-settle';
import { endOf, settlementOf } from './outcome';
import { markParked, releaseParked, sweepGate } from './parking';
import { takeDelivery } from './take-delivery';
import { tellAttempt } from './tell-attempt';
import { finish } from './transitions';
import { park } from './waiting-steps';
import type { WebhookContext } from './webhook-context';
import type { Lane } from './webhook-messages';

/** A place at the gate. */
export interface Held {
  readonly token: string;
  readonly endpoint: Endpoint;
  readonly isProbe: boolean;
}

const DISABLE_AFTER_MS = 5 * 86_400_000;

/** What follows an attempt, or the want of one: its record, its place given back, who goes next. */
export class Aftermath {
  constructor(
    private readonly context: WebhookContext,
    private readonly disableAfterMs = DISABLE_AFTER_MS,
  ) {}

  /** Records an attempt, and lets its endpoint's gate learn from it even when it cannot be recorded. */
  async record(claimed: Delivery, held: Held, result: AttemptResult): Promise<DeliverOutcome> {
    const { endpoint, isProbe, token } = held;
    const random = this.context.random();
    const decide = (standing: Delivery, now: number) =>
      finish(standing, token, endOf(result, { delivery: standing, endpoint, isProbe, now, random }), now);
    // As it was claimed it stands, unless the lease ran out meanwhile.
    const finished = takeDelivery(this.context, claimed.id, decide, { read: claimed });
    const [recorded, settled] = await Promise.allSettled([finished, this.learn(held, result)]);
    if (recorded.status === 'rejected') throw recorded.reason;
    const lane = settled.status === 'fulfilled' ? settled.value : 'quarantine';
    const { delivery, refusal } = recorded.value;
    if (refusal || !delivery) return { type: 'superseded' };
    tellAttempt(this.context, delivery, result);
    if (!isFinal(delivery)) await this.context.hintDelivery(delivery, lane);
    const { asks } = result;
    if (asks === 'gone' || asks === 'disable') {
      await this.context.leave('settle', endpoint.id, () => disable(this.context, endpoint, asks === 'gone' ? 'gone' : 'asked'));
    }
    return { type: 'sent', delivery };
  }

  /** Gives a place back that was not used. */
  async giveBack(held: Held): Promise<void> {
    const now = this.context.clock.now();
    await this.settle(held, { verdict: 'nothing', limits: held.endpoint.limits, now });
  }

  /** Lets a delivery wait for its endpoint, whose gate is made due first. `isCrowded`: it waits for others to end. */
  async park(delivery: Delivery, endpoint: Endpoint, { isCrowded = false } = {}): Promise<DeliverOutcome> {
    await markParked(this.context, endpoint);
    const parked = await takeDelivery(this.context, delivery.id, park, { read: delivery, once: true });
    if (parked.refusal) return { type: 'skipped', why: parked.refusal };
    const { id: deliveryId, tenantId, endpointId } = delivery;
    this.context.tell({ type: 'parked', tenantId, endpointId, deliveryId });
    if (isCrowded) await this.context.leave('release', endpointId, () => this.makeUp(endpoint));
    return { type: 'parked' };
  }

  /** All that was on its way may have ended before this one was parked: then nobody would release it but the sweeper. */
  private async makeUp(endpoint: Endpoint): Promise<void> {
    const gate = await this.context.store.gates.read(endpoint.id);
    const isIdle = gate?.breaker.state === 'closed' && gate.slots.length === 0;
    if (isIdle || gate?.parkedSince === undefined) await sweepGate(this.context, endpoint.id);
  }

  private learn(held: Held, result: AttemptResult): Promise<Lane> {
    return this.settle(held, settlementOf(result, held.endpoint, this.context.clock.now()));
  }

  private async settle({ token, endpoint }: Held, settlement: Omit<Settlement, 'token'>): Promise<Lane> {
    const { id: endpointId, tenantId } = endpoint;
    let lane: Lane = 'deliver';
    await this.context.leave('settle', endpointId, async () => {
      const settled = await this.context.gates.step(endpoint, (gate, now) => settle(gate, { ...settlement, token, now }));
      lane = settled.lane;
      if (settled.change) this.context.tell({ type: settled.change, tenantId, endpointId });
      await releaseParked(this.context, endpoint, { releases: settled.releases, from: settlement.now, intervalMs: 0 }, lane);
      const { failingSince = settlement.now } = settled;
      if (settlement.now - failingSince >= this.disableAfterMs) await disable(this.context, endpoint, 'failing');
    });
    return lane;
  }
}
