import { DynamoJobStore, jobTable } from 'plinth-runtime/jobs';
import { Dynalite, type RecordedCommand } from '../../support/dynalite';
import { jobsOver, LEASE_MS, submission, success } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

/** A bucket of durations, added to and never read before. */
const isSum = ({ input }: RecordedCommand) => input.UpdateExpression?.startsWith('ADD #bucket') ?? false;

/** Everything a store does, once. */
async function everything() {
  await dynalite.createTable(jobTable('rows'));
  const over = await jobsOver(async (clock) => new DynamoJobStore({ client: dynalite.client(), tableName: 'rows', clock }));
  const { jobs, claimed, clock, submit, store } = over;
  dynalite.commands.length = 0;
  const done = await claimed({ idempotencyKey: 'k' });
  await jobs.submit(submission({ idempotencyKey: 'k' }));
  await jobs.heartbeat(done.id, done.token, { progress: 5, stage: 'reading' });
  await jobs.finish(done.id, done.token, success);
  const failed = await claimed();
  await jobs.fail(failed.id, failed.token, { code: 'busy', message: 'busy', retryable: true });
  await jobs.cancel('acme', (await submit()).id);
  await jobs.list({ tenantId: 'acme', limit: 5, state: 'queued' });
  await claimed();
  clock.advance(LEASE_MS);
  for (const id of await store.due(10)) await jobs.sweep(id);
  await store.recount();
  return dynalite.commands;
}

test('reads by key or by index, writes one row at a time, and never scans', async () => {
  const names = new Set((await everything()).map(({ name }) => name));

  expect(names).toEqual(new Set(['GetItemCommand', 'PutItemCommand', 'UpdateItemCommand', 'QueryCommand']));
});

test('writes every row on a condition or by adding to it, with a time to live', () => {
  const writes = dynalite.commands.filter(({ name }) => name === 'PutItemCommand' || name === 'UpdateItemCommand');
  const puts = writes.filter(({ name }) => name === 'PutItemCommand');
  const updates = writes.filter(({ name }) => name === 'UpdateItemCommand');

  expect(puts.length).toBeGreaterThan(5);
  expect(updates.length).toBeGreaterThan(5);
  expect(puts.filter(({ input }) => input.Item?.ttl === undefined)).toEqual([]);
  expect(puts.filter(({ input }) => input.ConditionExpression === undefined)).toEqual([]);
  expect(updates.filter(({ input }) => !input.UpdateExpression?.includes('#ttl = :ttl'))).toEqual([]);
  expect(updates.filter((update) => update.input.ConditionExpression === undefined && !isSum(update))).toEqual([]);
});

test('reads a job as last written', () => {
  const reads = dynalite.commands.filter(({ name }) => name === 'GetItemCommand');

  expect(reads.filter(({ input }) => input.ConsistentRead !== true)).toEqual([]);
});

test('spreads what is due and what a tenant has over shards', () => {
  const items = dynalite.commands.filter(({ name }) => name === 'PutItemCommand').map(({ input }) => input.Item ?? {});
  const jobs = items.filter(({ sk }) => sk?.S === 'job');

  expect(jobs.every(({ tenant_shard: shard }) => /^T#[0-3]#acme$/.test(shard?.S ?? ''))).toBe(true);
  expect(jobs.filter(({ due_shard: shard }) => shard !== undefined).every(({ due_shard: shard }) => /^DUE#\d+$/.test(shard?.S ?? ''))).toBe(
    true,
  );
  expect(jobs.filter(({ state }) => state?.S === 'succeeded').every((job) => job.due_shard === undefined && job.due_at === undefined)).toBe(
    true,
  );
});
