// Deliveries of many endpoints over unfair queues, first come first served, worked as functions do it: so many invocations at once, each of what
// waits, up to ten, and busy until the last of them is done. Each endpoint answers after the same time, or never.
import { setTimeout as sleep } from 'node:timers/promises';
import { endpointRow, runtime, systemClock } from './ours.mjs';

const { Deliverer, MemoryWebhookStore, Webhooks, WebhookSweeper } = runtime('webhooks');

/** As the construct has them. */
export const INVOCATIONS = { deliver: Number(process.env.INVOCATIONS ?? 50), quarantine: 10 };
const BATCH = 10;
export const LATENCY_MS = 20;
export const TIMEOUT_MS = Number(process.env.TIMEOUT_MS ?? 10_000);
const TICK_MS = 5;
const SWEEP_MS = 1000;
const retryPolicy = { timeoutMs: TIMEOUT_MS };

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const plain = { open: async () => Buffer.from(secret) };

const urlOf = (id) => `https://hook.test/${id}`;

/** A queue of one lane and the invocations that work on it. Whoever comes first is first, whatever endpoint it is of. */
class Lane {
  waiting = [];
  head = 0;
  busy = 0;

  constructor(invocations, work) {
    this.invocations = invocations;
    this.work = work;
  }

  add(hint) {
    this.waiting.push(hint);
    this.pump();
  }

  get isBehind() {
    return this.head < this.waiting.length;
  }

  pump() {
    while (this.busy < this.invocations && this.isBehind) {
      this.busy += 1;
      const batch = this.waiting.slice(this.head, this.head + BATCH);
      this.head += batch.length;
      void Promise.all(batch.map((hint) => this.work(hint))).then(() => {
        this.busy -= 1;
        this.pump();
      });
    }
  }
}

/** Answers after 20 ms what is well, and nothing at all what hangs; notes how long each delivery was on its way. */
class Receiver {
  dwells = [];
  hungPosts = 0;

  constructor(hung, arrivals) {
    this.hung = hung;
    this.arrivals = arrivals;
  }

  async post({ url, headers, timeoutMs }) {
    const id = new URL(url).pathname.slice(1);
    if (this.hung.has(id)) {
      this.hungPosts += 1;
      await sleep(timeoutMs);
      throw Object.assign(new Error('the time was over'), { failure: 'timeout' });
    }
    await sleep(LATENCY_MS);
    this.dwells.push(performance.now() - this.arrivals.get(headers['webhook-id']));
    return { status: 200, headers: {}, body: Buffer.alloc(0), address: '203.0.113.7', latencyMs: LATENCY_MS };
  }
}

export class IsolationWorld {
  arrivals = new Map();
  store = new MemoryWebhookStore(systemClock);

  /** `isGuarded`: whether an endpoint is limited, and taken out of the lane of the others when it is late. */
  constructor({ endpoints, hung, random, isGuarded = true }) {
    this.random = random;
    this.isGuarded = isGuarded;
    this.limits = isGuarded ? {} : { inFlight: 1000 };
    this.ids = Array.from({ length: endpoints }, (_, at) => `whe_${at}`);
    this.receiver = new Receiver(new Set(this.ids.slice(0, hung)), this.arrivals);
    const messages = {
      fanOut: async () => {},
      deliver: async (hint, delayMs) => void (delayMs > 0 ? setTimeout(() => this.lane(hint), delayMs).unref() : this.lane(hint)),
    };
    this.webhooks = new Webhooks({ store: this.store, messages });
    this.deliverer = new Deliverer({ webhooks: this.webhooks, sealer: plain, fetch: this.receiver });
    this.sweeper = new WebhookSweeper({ webhooks: this.webhooks });
    const work = ({ deliveryId, lane }) => this.deliverer.run(deliveryId, lane);
    this.lanes = {
      deliver: new Lane(INVOCATIONS.deliver, isGuarded ? work : ({ deliveryId }) => work({ deliveryId, lane: 'quarantine' })),
      quarantine: new Lane(INVOCATIONS.quarantine, work),
    };
  }

  lane(hint) {
    this.lanes[this.isGuarded ? hint.lane : 'deliver'].add(hint);
  }

  /** `parked`: so many deliveries wait for endpoints besides, whose breakers are open. */
  async start({ parked, among }) {
    for (const id of this.ids) await this.register(id);
    const waiting = parked > 0 ? among : 0;
    for (let at = 0; at < waiting; at += 1) await this.park(`whe_parked_${at}`, parked / among);
  }

  async register(id) {
    const { limits } = this;
    await this.store.endpoints.create(endpointRow({ id, sealed: 'one', url: urlOf(id), retryPolicy, limits }));
  }

  async park(id, count) {
    this.receiver.hung.add(id);
    await this.register(id);
    const { created, newGate, park } = runtime('webhooks');
    const now = systemClock.now();
    const token = () => this.webhooks.context.token();
    const breaker = { state: 'open', failures: [], opened: 1, probeAt: now + 1000 };
    const ttl = Math.ceil(now / 1000) + 86_400;
    const gate = {
      ...newGate(id, 'acme', { inFlight: 10 }),
      breaker,
      parkedSince: now,
      parkedAt: now,
      dueAt: now + 1000,
      ttl,
      revision: token(),
    };
    await this.store.gates.create(gate);
    const { message } = await this.webhooks.publish({
      tenantId: 'acme',
      type: 'job.completed',
      body: {},
      target: { endpointId: id, url: urlOf(id) },
    });
    for (let nth = 0; nth < count; nth += 1) {
      const fresh = { id: `del_${id}_${nth}`, messageId: message.id, endpointId: id, tenantId: 'acme', type: 'job.completed' };
      const delivery = created({ ...fresh, trigger: 'auto', createdAt: now, ttl, revision: token() });
      await this.store.deliveries.create({ ...park(delivery, now).delivery, revision: token() });
    }
  }

  async warmUp(perSecond) {
    await this.start({ parked: 0 });
    await this.load(perSecond, 0.5);
  }

  /** New deliveries to any of the endpoints, so many a second, whether the ones before are done or not. */
  async load(perSecond, seconds) {
    const until = performance.now() + seconds * 1000;
    const from = performance.now();
    let made = 0;
    let sweptAt = from;
    while (performance.now() < until) {
      const wanted = ((performance.now() - from) / 1000) * perSecond;
      for (; made < wanted; made += 1) await this.publish();
      if (performance.now() - sweptAt > SWEEP_MS) {
        sweptAt = performance.now();
        void this.sweeper.sweep(systemClock.now() + 500);
      }
      await sleep(TICK_MS);
    }
    while (this.lanes.deliver.isBehind) await sleep(TICK_MS);
    await sleep(2 * LATENCY_MS);
  }

  async publish() {
    const id = this.ids[Math.floor(this.random() * this.ids.length)];
    const from = performance.now();
    const { message } = await this.webhooks.publish({
      tenantId: 'acme',
      type: 'job.completed',
      body: { id },
      target: { endpointId: id, url: urlOf(id) },
    });
    this.arrivals.set(message.id, from);
    await this.webhooks.fanOut(message.id);
  }
}
