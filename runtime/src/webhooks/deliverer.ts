import type { KeySealer } from '../signing/envelope-sealer';
import { answeredWith, type AttemptResult, threw } from './attempt-result';
import { Aftermath } from './aftermath';
import { type Delivery, isFinal } from './delivery';
import type { Endpoint } from './endpoint';
import { admit, laneOf } from './gate-steps';
import type { Message } from './message';
import { Outgoing } from './outgoing';
import { cancelOne, isOver } from './parking';
import { takeDelivery } from './take-delivery';
import { claim, delay, type DeliveryRefusal, expire } from './transitions';
import type { WebhookContext } from './webhook-context';
import type { Lane } from './webhook-messages';
import type { Poster, PostRequest } from './webhook-ports';
import type { Webhooks } from './webhooks';

/** What looking at a delivery came to. */
export type DeliverOutcome =
  | { readonly type: 'sent'; readonly delivery: Delivery }
  /** The attempt was made, but another holds the delivery by now: what came of it is not recorded. */
  | { readonly type: 'superseded' }
  | { readonly type: 'skipped'; readonly why: DeliveryRefusal }
  | { readonly type: 'parked' | 'delayed' | 'cancelled' | 'expired' | 'moved' | 'stopped' };

export interface DelivererOptions {
  readonly webhooks: Webhooks;
  readonly sealer: Pick<KeySealer, 'open'>;
  readonly fetch: Poster;
  /**
   * How long after its timeout an attempt may still be recorded before another takes it for interrupted.
   * @default 15 seconds
   */
  readonly leaseGraceMs?: number;
  /**
   * An endpoint that only fails for so long is disabled.
   * @default 5 days
   */
  readonly disableAfterMs?: number;
}

interface Ready {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly message: Message & { readonly body: string };
}

const LEASE_GRACE_MS = 15_000;

/**
 * Makes an attempt of a delivery: claim, post, record. It throws for faults of the store or the keys, never for what a receiver does; a delivery it
 * threw for is found again by the sweeper.
 *
 * @example
 * const deliverer = new Deliverer({ webhooks, sealer, fetch: new SafeFetch({}) });
 * await deliverer.run(hint.deliveryId, hint.lane, signal);
 */
export class Deliverer {
  private readonly context: WebhookContext;
  private readonly outgoing: Outgoing;
  private readonly aftermath: Aftermath;

  constructor(private readonly options: DelivererOptions) {
    this.context = options.webhooks.context;
    this.outgoing = new Outgoing(this.context, options.sealer);
    this.aftermath = new Aftermath(this.context, options.disableAfterMs);
  }

  /** `signal` aborts when the process is about to end. */
  async run(deliveryId: string, lane: Lane, signal?: AbortSignal): Promise<DeliverOutcome> {
    const ready = await this.prepare(deliveryId, lane);
    if ('type' in ready) return ready;
    if (signal?.aborted) return { type: 'stopped' };
    const { delivery, endpoint, message } = ready;
    const opened = await this.outgoing.open(endpoint);
    if (opened.keys.length === 0) return this.aftermath.park(delivery, endpoint);
    const token = this.context.token();
    const until = this.context.clock.now() + this.leaseMs(endpoint);
    const admission = await this.context.gates.step(endpoint, (gate, now) => admit(gate, { token, until, limits: endpoint.limits, now }));
    if (admission.type === 'refused') return this.wait(delivery, endpoint, admission.placeAt, lane);
    const held = { token, endpoint, isProbe: admission.isProbe };
    let request: PostRequest;
    try {
      request = this.outgoing.request(endpoint, delivery, message, opened);
      const trigger = admission.isProbe ? 'probe' : undefined;
      const leaseMs = this.leaseMs(endpoint);
      const claimed = await takeDelivery(this.context, deliveryId, (standing, now) => claim(standing, { token, leaseMs, now, trigger }), {
        read: delivery,
      });
      if (claimed.refusal) {
        await this.aftermath.giveBack(held);
        return { type: 'skipped', why: claimed.refusal };
      }
    } catch (error) {
      await this.aftermath.giveBack(held);
      throw error;
    }
    return this.aftermath.record(deliveryId, held, await this.post(request, signal));
  }

  /** What must be there for an attempt, or why there is none. */
  private async prepare(deliveryId: string, lane: Lane): Promise<Ready | DeliverOutcome> {
    const delivery = await this.context.store.deliveries.read(deliveryId);
    const why = standsStill(delivery, this.context.clock.now());
    if (delivery === undefined || why) {
      if (delivery && why === 'early') await this.context.hintDelivery(delivery, lane);
      return { type: 'skipped', why: why ?? 'not-found' };
    }
    const [endpoint, message, gate] = await Promise.all([
      this.context.endpoint(delivery.tenantId, delivery.endpointId),
      this.context.message(delivery.messageId),
      this.context.gates.glimpse(delivery.endpointId),
    ]);
    if (!endpoint || isOver(endpoint)) {
      await cancelOne(this.context, deliveryId);
      return { type: 'cancelled' };
    }
    if (message?.body === undefined) return this.expire(delivery);
    if (endpoint.state !== 'enabled') return this.aftermath.park(delivery, endpoint);
    if (lane === 'deliver' && laneOf(gate) === 'quarantine' && gate?.breaker.state !== 'open') {
      await this.context.hintDelivery(delivery, 'quarantine');
      return { type: 'moved' };
    }
    return { delivery, endpoint, message: { ...message, body: message.body } };
  }

  private async expire({ id, tenantId, endpointId }: Delivery): Promise<DeliverOutcome> {
    const { delivery, refusal } = await takeDelivery(this.context, id, expire);
    if (refusal || !delivery) return { type: 'skipped', why: refusal ?? 'not-found' };
    this.context.tell({ type: 'expired', tenantId, endpointId, deliveryId: id });
    return { type: 'expired' };
  }

  /** The gate is shut: the delivery takes its place in the line of the rate, or waits for its endpoint. Neither is an attempt. */
  private async wait(delivery: Delivery, endpoint: Endpoint, placeAt: number | undefined, lane: Lane): Promise<DeliverOutcome> {
    if (placeAt === undefined) return this.aftermath.park(delivery, endpoint);
    const decide = (standing: Delivery, now: number) => delay(standing, placeAt, now);
    const { delivery: delayed, refusal } = await takeDelivery(this.context, delivery.id, decide, { read: delivery, once: true });
    if (refusal || !delayed) return { type: 'skipped', why: refusal ?? 'not-found' };
    await this.context.hintDelivery(delayed, lane);
    return { type: 'delayed' };
  }

  private async post(request: PostRequest, signal: AbortSignal | undefined): Promise<AttemptResult> {
    const startedAt = this.context.clock.now();
    try {
      return answeredWith(await this.options.fetch.post({ ...request, signal }), this.context.clock.now());
    } catch (error) {
      return threw(error, { startedAt, now: this.context.clock.now(), signal });
    }
  }

  private leaseMs({ retryPolicy }: Endpoint): number {
    return retryPolicy.timeoutMs + (this.options.leaseGraceMs ?? LEASE_GRACE_MS);
  }
}

/** Why a delivery is none of ours just now, as far as its row says. */
function standsStill(delivery: Delivery | undefined, now: number): DeliveryRefusal | undefined {
  if (!delivery) return 'not-found';
  if (isFinal(delivery)) return 'finished';
  if (delivery.state === 'parked') return 'parked';
  if (delivery.state === 'sending') return now < (delivery.lease?.until ?? 0) ? 'taken' : undefined;
  return now < delivery.nextAt ? 'early' : undefined;
}
