import type { KeySealer } from '../signing/envelope-sealer';
import { Aftermath, type Held } from './aftermath';
import { answeredWith, type AttemptResult, threw } from './attempt-result';
import type { Delivery } from './delivery';
import type { DeliveryRefusal } from './delivery-step';
import type { Endpoint } from './endpoint';
import { admit, type Refused } from './gate-steps';
import { Outgoing } from './outgoing';
import { prepare, type Ready } from './preparation';
import { type DeliveryResult, takeDelivery } from './take-delivery';
import { claim } from './transitions';
import { delay } from './waiting-steps';
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
  /** Stopped: the process is about to end, and nothing was done; the hint is to be given back. */
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
    const ready = await prepare(this.context, this.aftermath, deliveryId, lane);
    if ('type' in ready) return ready;
    if (signal?.aborted) return { type: 'stopped' };
    return this.attempt(ready, lane, signal);
  }

  private async attempt({ delivery, endpoint, message }: Ready, lane: Lane, signal?: AbortSignal): Promise<DeliverOutcome> {
    const opened = await this.outgoing.open(endpoint);
    if (opened.keys.length === 0) return this.aftermath.park(delivery, endpoint);
    const token = this.context.token();
    const { limits } = endpoint;
    const hasPlace = delivery.nextAt !== delivery.createdAt;
    const admission = await this.context.gates.step(endpoint, (gate, now) =>
      admit(gate, { token, until: now + this.leaseMs(endpoint), limits, hasPlace, lane, now }),
    );
    if (admission.type === 'refused') return this.wait(delivery, endpoint, admission, lane);
    const held: Held = { token, endpoint, isProbe: admission.isProbe };
    let request: PostRequest;
    let claimed: Delivery;
    try {
      request = this.outgoing.request(endpoint, delivery, message, opened);
      const result = await this.claim(delivery, held, lane);
      if (result.refusal || !result.delivery) {
        await this.aftermath.giveBack(held);
        return { type: 'skipped', why: result.refusal ?? 'not-found' };
      }
      claimed = result.delivery;
    } catch (error) {
      await this.aftermath.giveBack(held);
      throw error;
    }
    return this.aftermath.record(claimed, held, await this.post(request, signal));
  }

  /** Begins the attempt, or says why another has it. */
  private async claim(read: Delivery, { token, endpoint, isProbe }: Held, lane: Lane): Promise<DeliveryResult> {
    const trigger = isProbe ? 'probe' : undefined;
    const leaseMs = this.leaseMs(endpoint);
    const decide = (standing: Delivery, now: number) => claim(standing, { token, leaseMs, now, trigger });
    const result = await takeDelivery(this.context, read.id, decide, { read });
    // Interrupted too often in a row: it waits for a while.
    if (result.delivery && result.refusal === 'early') await this.context.hintDelivery(result.delivery, lane);
    return result;
  }

  /** The gate is shut: the delivery goes to the other lane, takes its place in the line of the rate, or waits for its endpoint. None is an attempt. */
  private async wait(delivery: Delivery, endpoint: Endpoint, { refusal: why, placeAt }: Refused, lane: Lane): Promise<DeliverOutcome> {
    // Where an attempt might take long it is not made among the others.
    if (why === 'slow') {
      await this.context.hintDelivery(delivery, 'quarantine');
      return { type: 'moved' };
    }
    if (placeAt === undefined) return this.aftermath.park(delivery, endpoint, { isCrowded: true });
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
