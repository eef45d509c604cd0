import { type Clock, systemClock } from '../resilience/clock';
import { BoundedCache } from './bounded-cache';
import type { Delivery } from './delivery';
import type { Endpoint } from './endpoint';
import { GateKeeper } from './gate-keeper';
import type { Message } from './message';
import { MOST_HINT_DELAY_MS } from './delivery-step';
import type { WebhookEvent } from './webhook-event';
import { pooledRandomBytes, type RandomBytes } from './webhook-id';
import type { Lane, WebhookMessages } from './webhook-messages';
import type { WebhookStore } from './webhook-store';

export interface WebhooksOptions {
  readonly store: WebhookStore;
  readonly messages: WebhookMessages;
  /** @default the machine's */
  readonly clock?: Clock;
  /**
   * From 0 to 1, for what is spread.
   * @default Math.random
   */
  readonly random?: () => number;
  /** @default node:crypto */
  readonly randomBytes?: RandomBytes;
  /**
   * How long the body of a message is kept, and a delivery of it may go on.
   * @default 30 days
   */
  readonly keepBodiesMs?: number;
  /**
   * How long a delivery and its log can be read; longer than the body, so that it can be told that it expired.
   * @default 90 days
   */
  readonly keepDeliveriesMs?: number;
  /**
   * How long a process may take an endpoint, a message or a gate that it read for the one that stands.
   * @default 1 second
   */
  readonly cacheMs?: number;
  readonly onEvent?: (event: WebhookEvent) => void;
}

type Hinted = Pick<Delivery, 'id' | 'endpointId' | 'tenantId' | 'nextAt'>;

const DAY_MS = 86_400_000;
const MOST_CACHED = 1000;
const MOST_CACHED_MESSAGES = 200;

/** The options with their defaults, and what every step needs of them. */
export class WebhookContext {
  readonly store: WebhookStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomBytes: RandomBytes;
  readonly keepBodiesMs: number;
  readonly keepDeliveriesMs: number;
  readonly gates: GateKeeper;
  private readonly endpoints: BoundedCache<Endpoint>;
  private readonly bodies: BoundedCache<Message>;

  constructor(private readonly options: WebhooksOptions) {
    const { keepBodiesMs = 30 * DAY_MS, keepDeliveriesMs = 90 * DAY_MS, cacheMs = 1000 } = options;
    if (keepDeliveriesMs < keepBodiesMs + DAY_MS) {
      const least = keepBodiesMs + DAY_MS;
      throw new Error(
        `Webhooks: keepDeliveriesMs must be at least ${least}, got ${keepDeliveriesMs}; a log must outlive its body by a day`,
      );
    }
    this.store = options.store;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.randomBytes = options.randomBytes ?? pooledRandomBytes();
    this.keepBodiesMs = keepBodiesMs;
    this.keepDeliveriesMs = keepDeliveriesMs;
    const now = () => this.clock.now();
    this.endpoints = new BoundedCache(MOST_CACHED, cacheMs, now);
    this.bodies = new BoundedCache(MOST_CACHED_MESSAGES, cacheMs, now);
    this.gates = new GateKeeper({ rows: options.store.gates, clock: this.clock, random: this.random, token: () => this.token(), cacheMs });
  }

  token(size = 12): string {
    return Buffer.from(this.randomBytes(size)).toString('base64url');
  }

  tell(event: WebhookEvent): void {
    this.options.onEvent?.(event);
  }

  /** An endpoint as it was a moment ago at the most. */
  endpoint(tenantId: string, id: string): Promise<Endpoint | undefined> {
    return this.endpoints.through(JSON.stringify([tenantId, id]), () => this.store.endpoints.read({ tenantId, id }));
  }

  /** A message as it was a moment ago at the most. */
  message(id: string): Promise<Message | undefined> {
    return this.bodies.through(id, () => this.store.messages.read(id));
  }

  /** An endpoint was written by this process. */
  forgetEndpoint(tenantId: string, id: string): void {
    this.endpoints.delete(JSON.stringify([tenantId, id]));
  }

  hintFanOut({ id, tenantId }: Pick<Message, 'id' | 'tenantId'>): Promise<void> {
    return this.leave('fan-out', id, () => this.options.messages.fanOut({ messageId: id, tenantId }));
  }

  /** Says that a delivery may be looked at when its time has come; what waits for longer is found by its due time. */
  async hintDelivery({ id, endpointId, tenantId, nextAt }: Hinted, lane: Lane): Promise<void> {
    const delayMs = Math.max(0, nextAt - this.clock.now());
    if (delayMs > MOST_HINT_DELAY_MS) return;
    await this.leave('deliver', id, () => this.options.messages.deliver({ deliveryId: id, endpointId, tenantId, lane }, delayMs));
  }

  /** What was written stands, whatever becomes of this: the sweeper mends it. */
  async leave(what: Extract<WebhookEvent, { type: 'left' }>['what'], id: string, effect: () => Promise<unknown>): Promise<void> {
    try {
      await effect();
    } catch (error) {
      this.tell({ type: 'left', what, id, error });
    }
  }
}
