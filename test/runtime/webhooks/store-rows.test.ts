import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Attempt, DynamoWebhookStore, MAX_BODY_BYTES, webhookTable } from 'plinth-runtime/webhooks';
import { Dynalite, type RecordedCommand } from '../../support/dynalite';
import { delivery, endpoint, gate, keyRecord, message, SetClock, START, task, tombstone } from './store';

let dynalite: Dynalite;
let store: DynamoWebhookStore;
const clock = new SetClock();
beforeAll(async () => {
  dynalite = await Dynalite.start();
  await dynalite.createTable(webhookTable('rows'));
  store = new DynamoWebhookStore({ client: dynalite.client(), tableName: 'rows', clock });
});
afterAll(() => dynalite?.stop());

/** As DynamoDB counts: the bytes of names and values. */
const bytesOf = (item: Record<string, AttributeValue>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value.S ?? value.N ?? ''), 0);
const writes = () => dynalite.commands.filter(({ name }) => name === 'PutItemCommand' || name === 'UpdateItemCommand');
const written = (): Record<string, AttributeValue> => writes().at(-1)?.input.Item ?? {};

const IDS = {
  id: `del_${'a'.repeat(32)}`,
  messageId: `msg_${'b'.repeat(32)}`,
  endpointId: `ep_${'c'.repeat(24)}`,
  tenantId: 'acme-corporation',
};

const attempt = (number: number, detail?: string): Attempt => ({
  number,
  trigger: 'auto',
  startedAt: START + number * 1000,
  endedAt: START + number * 1000 + 987,
  outcome: 'failed',
  failure: 'http-5xx',
  status: 503,
  latencyMs: 987,
  address: '2001:0db8:0000:0000:0000:0000:0000:0001',
  detail,
});

async function everything(): Promise<readonly RecordedCommand[]> {
  dynalite.commands.length = 0;
  await store.endpoints.create(endpoint());
  await store.endpoints.create(endpoint({ id: 'ep_2', isImplicit: true, ttl: 4_000_000_000 }));
  await store.endpoints.replace(endpoint({ revision: 'r2' }), 'r1');
  await store.endpoints.list('acme');
  await store.endpoints.delete({ tenantId: 'acme', id: 'ep_1' }, 'r2');
  await store.tombstones.create(tombstone());
  await store.tombstones.after({ tenantId: 'acme', id: '' });
  await store.messages.create(message({ dueAt: START }));
  await store.gates.create(gate({ dueAt: START }));
  await store.tasks.create(task({ dueAt: START }));
  await store.tasks.list('acme');
  await store.deliveries.create(delivery({ dueAt: START }));
  await store.deliveries.replace(delivery({ state: 'parked', revision: 'r2' }), 'r1');
  await store.deliveries.list({ endpointId: 'ep_1', limit: 5 });
  await store.deliveries.parked('ep_1', 5);
  await store.deliveries.ofMessage('msg_1');
  await store.due(10);
  await store.oldestDue();
  await store.takeKey(keyRecord());
  await store.readKey('acme', 'key');
  return [...dynalite.commands];
}

test('reads by key or by index, writes one row at a time, and never scans', async () => {
  expect(new Set((await everything()).map(({ name }) => name))).toEqual(
    new Set(['GetItemCommand', 'PutItemCommand', 'DeleteItemCommand', 'QueryCommand']),
  );
});

test('writes every row on a condition, and with a time to live unless it is a registered endpoint', async () => {
  const commands = (await everything()).filter(({ name }) => name === 'PutItemCommand' || name === 'DeleteItemCommand');
  const lasting = commands.filter(({ input }) => input.Item !== undefined && input.Item.ttl === undefined);

  expect(commands).toHaveLength(11);
  expect(commands.filter(({ input }) => input.ConditionExpression === undefined)).toEqual([]);
  expect(lasting.map(({ input }) => input.Item?.sk?.S)).toEqual(['EP#ep_1', 'EP#ep_1']);
});

test('reads a row as last written', async () => {
  const reads = (await everything()).filter(({ name }) => name === 'GetItemCommand');

  expect(reads.length).toBeGreaterThan(2);
  expect(reads.filter(({ input }) => input.ConsistentRead !== true)).toEqual([]);
});

test('spreads an endpoint over 8 shards of its history and of what is parked, and what is due over 64', async () => {
  dynalite.commands.length = 0;
  await Promise.all(
    Array.from({ length: 400 }, (_, at) => store.deliveries.create(delivery({ id: `del_many_${at}`, state: 'parked', dueAt: START }))),
  );
  const items = writes().map(({ input }) => input.Item ?? {});
  const shards = (name: string) => {
    const counts = new Map<string, number>();
    for (const item of items) counts.set(item[name]?.S ?? '', (counts.get(item[name]?.S ?? '') ?? 0) + 1);
    return counts;
  };

  expect([...shards('parked_endpoint').keys()].toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((shard) => `ep_1#${shard}`));
  expect(shards('history_shard')).toEqual(shards('parked_endpoint'));
  expect(Math.max(...shards('parked_endpoint').values())).toBeLessThan(80);
  expect(shards('due_shard').size).toBeGreaterThan(60);
});

test('keeps a delivery of one attempt under 1 KiB, a write unit', async () => {
  const [first] = [attempt(1)];
  await store.deliveries.create(
    delivery({ ...IDS, state: 'sending', dueAt: START, attempts: [first], lease: { token: 'f'.repeat(32), until: START } }),
  );

  expect(bytesOf(written())).toBeLessThanOrEqual(1024);
});

test.each([
  ['as the log keeps words, of the newest 5 only', 5, 512, '"'],
  ['with 100 letters of each', 50, 100, 'x'],
])('keeps a delivery of 50 attempts under 20 KB, %s', async (_what, withDetail, letters, letter) => {
  const attempts = Array.from({ length: 50 }, (_, at) => attempt(at + 1, at >= 50 - withDetail ? letter.repeat(letters) : undefined));
  await store.deliveries.create(delivery({ ...IDS, id: `del_${letter}`, state: 'retrying', dueAt: START, attempts }));

  expect(bytesOf(written())).toBeLessThan(20_000);
  expect(bytesOf(written())).toBeGreaterThan(10_000);
});

test('keeps the largest body, of quotes only, within the 400 KB of an item', async () => {
  await store.messages.create(message({ id: 'msg_large', body: '"'.repeat(MAX_BODY_BYTES) }));

  expect(bytesOf(written())).toBeGreaterThan(MAX_BODY_BYTES);
  expect(bytesOf(written())).toBeLessThan(MAX_BODY_BYTES + 1024);
});
