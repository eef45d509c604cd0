import {
  DEFAULT_LIMITS,
  DEFAULT_RETRY_POLICY,
  Deliverer,
  type DeliverHint,
  type DelivererOptions,
  type Delivery,
  type Endpoint,
  type FanOutHint,
  isFinal,
  MemoryWebhookStore,
  type PostAnswer,
  type Poster,
  type PostRequest,
  type WebhookEvent,
  type WebhookMessages,
  Webhooks,
  type WebhooksOptions,
  WebhookSweeper,
  type WebhookStore,
} from 'plinth-runtime/webhooks';
import { ManualClock } from '../../support/manual-clock';

/** Numbers from 0 to 1 that are the same in every run. */
export function seeded(seed = 42): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Hint = ({ readonly type: 'fan-out' } & FanOutHint) | ({ readonly type: 'deliver' } & DeliverHint);

/** A queue that gives out what was sent when its time has come. */
export class HeldHints implements WebhookMessages {
  readonly held: { readonly hint: Hint; readonly at: number }[] = [];
  readonly sent: { readonly hint: Hint; readonly delayMs: number }[] = [];

  constructor(private readonly clock: ManualClock) {}

  async fanOut(hint: FanOutHint): Promise<void> {
    this.hold({ type: 'fan-out', ...hint }, 0);
  }

  async deliver(hint: DeliverHint, delayMs: number): Promise<void> {
    this.hold({ type: 'deliver', ...hint }, delayMs);
  }

  take(): Hint[] {
    const all = this.held.splice(0);
    for (const entry of all) if (entry.at > this.clock.now()) this.held.push(entry);
    return all.flatMap(({ hint, at }) => (at <= this.clock.now() ? hint : []));
  }

  nextAt(): number | undefined {
    return this.held.length === 0 ? undefined : Math.min(...this.held.map(({ at }) => at));
  }

  private hold(hint: Hint, delayMs: number): void {
    this.sent.push({ hint, delayMs });
    this.held.push({ hint, at: this.clock.now() + delayMs });
  }
}

export const answer = (status: number, fields: Partial<PostAnswer> = {}): PostAnswer => ({
  status,
  headers: {},
  body: Buffer.from(''),
  address: '203.0.113.7',
  latencyMs: 20,
  ...fields,
});

export class PostFailure extends Error {
  readonly address = '203.0.113.7';

  constructor(
    readonly failure: string,
    message = `the receiver: ${failure}`,
  ) {
    super(message);
  }
}

export type Receive = (request: PostRequest, nth: number) => PostAnswer | Promise<PostAnswer>;

/** A receiver that answers as it is told, and keeps what it got. */
export class Receiver implements Poster {
  readonly got: (PostRequest & { readonly at: number })[] = [];
  receive: Receive = () => answer(200);

  constructor(private readonly clock: ManualClock) {}

  async post(request: PostRequest): Promise<PostAnswer> {
    this.got.push({ ...request, at: this.clock.now() });
    return this.receive(request, this.got.length);
  }

  get ids(): string[] {
    return this.got.map(({ headers }) => headers['webhook-id']);
  }
}

/** Seals by saying so, and opens for the same endpoint only. */
export const plainSealer = {
  seal: async (plain: Buffer, context: string) => `${context}|${plain.toString('utf8')}`,
  open: async (sealed: string, context: string) => {
    if (!sealed.startsWith(`${context}|`)) throw new Error(`sealed for another: ${sealed}`);
    return Buffer.from(sealed.slice(context.length + 1));
  },
};

/** Secrets of v1, as an endpoint has them. */
export const SECRETS = [1, 2, 3].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);

export const sealedKey = (tenantId: string, id: string, secret: string, kid = secret) => ({
  kid,
  version: 'v1' as const,
  sealed: `${JSON.stringify([tenantId, id])}|${secret}`,
  createdAt: 0,
});

export interface WorldOptions {
  readonly webhooks?: Partial<WebhooksOptions>;
  readonly deliverer?: Partial<DelivererOptions>;
  readonly store?: (store: WebhookStore) => WebhookStore;
  readonly messages?: (messages: HeldHints) => WebhookMessages;
}

/** Webhooks in memory, with a clock that moves as it is told. */
export function world({
  webhooks: options,
  deliverer: sending,
  store: wrap = (store) => store,
  messages = (held) => held,
}: WorldOptions = {}) {
  const clock = new ManualClock({ skipsWaits: true });
  const store = new MemoryWebhookStore(clock);
  const hints = new HeldHints(clock);
  const receiver = new Receiver(clock);
  const events: WebhookEvent[] = [];
  const random = seeded();
  const randomBytes = (size: number) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 1) bytes[at] = random() * 256;
    return bytes;
  };
  const onEvent = (event: WebhookEvent) => events.push(event);
  const common = { store: wrap(store), messages: messages(hints), clock, random, randomBytes, onEvent, ...options };
  const webhooks = new Webhooks(common);
  const deliverer = new Deliverer({ webhooks, sealer: plainSealer, fetch: receiver, ...sending });
  /** Another process over the same rows, which may end anywhere. */
  const another = (over: Partial<WebhooksOptions>, under: Partial<DelivererOptions> = {}) =>
    new Deliverer({ webhooks: new Webhooks({ ...common, ...over }), sealer: plainSealer, fetch: receiver, ...under });
  const failures: unknown[] = [];
  const sweeper = new WebhookSweeper({ webhooks, onFailure: (_due, error) => failures.push(error) });

  const endpoint = async (fields: Partial<Endpoint> = {}): Promise<Endpoint> => {
    const { id = 'whe_1', tenantId = 'acme' } = fields;
    const row: Endpoint = {
      id,
      tenantId,
      url: `https://${id}.example/hook`.replace('_', '-'),
      events: ['*'],
      state: 'enabled',
      retryPolicy: DEFAULT_RETRY_POLICY,
      limits: DEFAULT_LIMITS,
      headerNames: [],
      keys: [sealedKey(tenantId, id, SECRETS[0])],
      isImplicit: false,
      createdAt: clock.now(),
      updatedAt: clock.now(),
      revision: webhooks.context.token(),
      ...fields,
    };
    await store.endpoints.create(row);
    return row;
  };
  const edit = async (fields: Partial<Endpoint>, id = 'whe_1', tenantId = 'acme') => {
    const standing = await store.endpoints.read({ tenantId, id });
    await store.endpoints.replace({ ...standing!, ...fields, revision: webhooks.context.token() }, standing!.revision);
    webhooks.context.forgetEndpoint(tenantId, id);
  };
  const publish = async (fields: Partial<Parameters<Webhooks['publish']>[0]> = {}) => {
    const published = await webhooks.publish({ tenantId: 'acme', type: 'document.completed', body: { n: 1 }, ...fields });
    if (published.type === 'conflict') throw new Error('a message must be published, got a conflict');
    return published.message;
  };
  const handle = (hint: Hint): Promise<unknown> =>
    hint.type === 'fan-out' ? webhooks.fanOut(hint.messageId) : deliverer.run(hint.deliveryId, hint.lane);
  /** Everything whose time has come, and what follows of it at once. */
  const work = async () => {
    for (let ready = hints.take(); ready.length > 0; ready = hints.take())
      await Promise.all(ready.map((hint) => handle(hint).catch((error) => failures.push(error))));
  };
  const sweep = () => sweeper.sweep(clock.now() + 50_000);
  /** Works and sweeps each minute until nothing is open, at most for so long. */
  const runOn = async (forMs = 3_600_000) => {
    const until = clock.now() + forMs;
    await work();
    while (clock.now() < until && (await open()).length > 0) {
      const next = Math.min(hints.nextAt() ?? Number.POSITIVE_INFINITY, clock.now() + 60_000);
      await clock.advance(Math.max(1, next - clock.now()));
      await work();
      if (hints.nextAt() === undefined) await sweep();
      await work();
    }
  };
  /** Works and sweeps each minute, whatever is open. */
  const pass = async (minutes: number) => {
    await work();
    for (let minute = 0; minute < minutes; minute += 1) {
      const until = clock.now() + 60_000;
      for (let next = hints.nextAt(); next !== undefined && next <= until; next = hints.nextAt()) {
        await clock.advance(Math.max(0, next - clock.now()));
        await work();
      }
      await clock.advance(Math.max(0, until - clock.now()));
      await sweep().catch((error) => failures.push(error));
      await work();
    }
  };
  const deliveries = async (endpointId = 'whe_1'): Promise<readonly Delivery[]> =>
    (await store.deliveries.list({ endpointId, limit: 100_000 })).deliveries.toReversed();
  const open = async () => (await deliveries()).filter((delivery) => !isFinal(delivery));
  const told = (type: WebhookEvent['type']) => events.filter((event) => event.type === type);
  /** A delivery, ready to be sent. */
  const ready = async (fields: Partial<Endpoint> = {}) => {
    await endpoint(fields);
    const message = await publish();
    await webhooks.fanOut(message.id);
    return (await deliveries())[0];
  };
  const gate = () => store.gates.read('whe_1');

  return {
    clock,
    store,
    hints,
    receiver,
    events,
    webhooks,
    deliverer,
    sweeper,
    endpoint,
    edit,
    publish,
    work,
    handle,
    sweep,
    runOn,
    pass,
    deliveries,
    told,
    ready,
    gate,
    failures,
    another,
  };
}
