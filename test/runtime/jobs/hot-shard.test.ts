import { DynamoJobStore, jobTable, sweepDue } from 'plinth-runtime/jobs';
import { Dynalite } from '../../support/dynalite';
import { throttledShards } from '../../support/throttled-shards';
import { seeded } from '../webhooks/world';
import { jobsOver, type MakeStore } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

const MINUTE_MS = 60_000;

test('failure mode 28: a shard of what is due that is throttled holds up no job of another, and is told of', async () => {
  const throttled = new Set<string>();
  const makeStore: MakeStore = async (time) => {
    await dynalite.createTable(jobTable('jobs'));
    return new DynamoJobStore({ client: throttledShards(dynalite.client(), throttled), tableName: 'jobs', clock: time });
  };
  const random = seeded();
  const randomBytes = (size: number) => Uint8Array.from({ length: size }, () => Math.floor(random() * 256));
  const { submit, clock, messages, jobs } = await jobsOver(makeStore, { randomBytes });
  for (let job = 0; job < 40; job += 1) await submit();
  messages.sent.splice(0);
  clock.advance(5 * MINUTE_MS);
  const failures: [string | undefined, string][] = [];
  const sweep = () => sweepDue(jobs, clock.now() + MINUTE_MS, (id, error) => failures.push([id, String(error)]));
  throttled.add('DUE#3');

  const first = await sweep();
  expect(first.sent).toBeGreaterThan(20);
  expect(first.sent).toBeLessThan(40);
  expect(first).toMatchObject({ failed: 1, isCut: false });
  expect(failures).toEqual([[undefined, expect.stringContaining('too much of DUE#3')]]);
  throttled.clear();
  expect(await sweep()).toMatchObject({ sent: 40 - first.sent, failed: 0 });
  expect(new Set(messages.sent.map(({ jobId }) => jobId)).size).toBe(40);
});
