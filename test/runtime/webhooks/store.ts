import {
  type BulkTask,
  DEFAULT_LIMITS,
  DEFAULT_RETRY_POLICY,
  type Delivery,
  DynamoWebhookStore,
  type Endpoint,
  type EndpointOwner,
  type EndpointTombstone,
  type Gate,
  type KeyRecord,
  MemoryWebhookStore,
  type Message,
  type WebhookStore,
  webhookTable,
} from 'plinth-runtime/webhooks';
import type { Dynalite } from '../../support/dynalite';

export const START = Date.UTC(2026, 0, 1);
export const HOUR_MS = 3_600_000;
export const ttlAt = (ms: number): number => Math.ceil(ms / 1000);
const TTL = ttlAt(START + 90 * 24 * HOUR_MS);

/** A time that stands until it is set. */
export class SetClock {
  time = START;
  now = (): number => this.time;
}

export type MakeStore = (clock: Pick<SetClock, 'now'>) => Promise<WebhookStore>;

let tables = 0;

/** Every store, under the same tests. */
export const stores: [string, (dynalite: () => Dynalite) => MakeStore][] = [
  ['in memory', () => async (clock) => new MemoryWebhookStore(clock)],
  [
    'in DynamoDB',
    (dynalite) => async (clock) => {
      const tableName = `webhooks-${(tables += 1)}`;
      await dynalite().createTable(webhookTable(tableName));
      return new DynamoWebhookStore({ client: dynalite().client(), tableName, clock });
    },
  ],
];

export const endpoint = (fields: Partial<Endpoint> = {}): Endpoint => ({
  id: 'ep_1',
  tenantId: 'acme',
  url: 'https://example.com/hook',
  events: ['*'],
  state: 'enabled',
  retryPolicy: DEFAULT_RETRY_POLICY,
  limits: DEFAULT_LIMITS,
  headerNames: [],
  keys: [{ kid: 'k1', version: 'v1', sealed: 'sealed', createdAt: START }],
  isImplicit: false,
  createdAt: START,
  updatedAt: START,
  revision: 'r1',
  ...fields,
});

export const owner = (fields: Partial<EndpointOwner> = {}): EndpointOwner => ({
  endpointId: 'ep_1',
  tenantId: 'acme',
  ttl: TTL,
  revision: 'r1',
  ...fields,
});

export const tombstone = (fields: Partial<EndpointTombstone> = {}): EndpointTombstone => ({
  id: 'ep_1',
  tenantId: 'acme',
  ttl: TTL,
  revision: 'r1',
  ...fields,
});

export const message = (fields: Partial<Message> = {}): Message => ({
  id: 'msg_1',
  tenantId: 'acme',
  type: 'document.completed',
  body: '{"type":"document.completed"}',
  state: 'accepted',
  createdAt: START,
  ttl: TTL,
  revision: 'r1',
  ...fields,
});

export const delivery = (fields: Partial<Delivery> = {}): Delivery => ({
  id: 'del_1',
  messageId: 'msg_1',
  endpointId: 'ep_1',
  tenantId: 'acme',
  type: 'document.completed',
  state: 'pending',
  attempt: 0,
  spent: 0,
  attempts: [],
  trigger: 'auto',
  nextAt: START,
  createdAt: START,
  ttl: TTL,
  revision: 'r1',
  ...fields,
});

export const gate = (fields: Partial<Gate> = {}): Gate => ({
  endpointId: 'ep_1',
  tenantId: 'acme',
  slots: [{ token: 'token', since: START, until: START + 1000 }],
  window: 10,
  nextArrivalAt: 0,
  breaker: { state: 'closed', failures: [], opened: 0 },
  timeouts: 0,
  meanLatencyMs: 12.5,
  ttl: TTL,
  revision: 'r1',
  ...fields,
});

export const task = (fields: Partial<BulkTask> = {}): BulkTask => ({
  id: 'task_1',
  tenantId: 'acme',
  kind: 'recover',
  endpointId: 'ep_1',
  since: START - HOUR_MS,
  until: START,
  isDryRun: false,
  state: 'queued',
  seen: 0,
  done: 0,
  skipped: 0,
  createdAt: START,
  ttl: TTL,
  revision: 'r1',
  ...fields,
});

export const keyRecord = (fields: Partial<KeyRecord> = {}): KeyRecord => ({
  tenantId: 'acme',
  key: 'key',
  messageId: 'msg_1',
  requestHash: 'hash',
  ttl: TTL,
  ...fields,
});

/** A store over a time that stands. */
export async function storeOver(makeStore: MakeStore) {
  const clock = new SetClock();
  return { clock, store: await makeStore(clock) };
}

/** Every id of an endpoint's deliveries, page by page. */
export async function allPages(store: WebhookStore, query: Parameters<WebhookStore['deliveries']['list']>[0]): Promise<string[]> {
  const ids: string[] = [];
  for (let before = query.before, isFirst = true; isFirst || before !== undefined; isFirst = false) {
    const page = await store.deliveries.list({ ...query, before });
    if (page.deliveries.length > query.limit) throw new Error(`a page must hold at most ${query.limit}, got ${page.deliveries.length}`);
    ids.push(...page.deliveries.map(({ id }) => id));
    before = page.next;
  }
  return ids;
}
