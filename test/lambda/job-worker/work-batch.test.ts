import { JobRunner, MemoryJobStore, type JobProcessor } from 'plinth-runtime/jobs';
import { workBatch } from '../../../lambda/job-worker/work-batch';
import { jobsOver, KIND } from '../../runtime/jobs/store';

const settle = () => new Promise(setImmediate);
const record = (id: string, messageId = id) => ({ messageId, body: JSON.stringify({ jobId: id, tenantId: 'acme' }) });

async function batchOver(process: JobProcessor['process']) {
  const over = await jobsOver(async (clock) => new MemoryJobStore(clock));
  const runner = new JobRunner({ jobs: over.jobs, processors: new Map([[KIND, { process }]]) });
  const failures: string[] = [];
  const work = (records: { messageId: string; body: string }[], endsInMs = 60_000) =>
    workBatch(records, runner, { endsInMs, clock: over.clock, onFailure: (_id, error) => failures.push((error as Error).message) });
  return { ...over, work, failures };
}

test('works all records side by side: one that hangs holds no other', async () => {
  const { work, submit, jobs, clock } = await batchOver(async ({ job, signal }) =>
    job.input === 'hang' ? new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))) : null,
  );
  const hung = await submit({ input: 'hang' });
  const others = [await submit({ tenantId: 'acme' }), await submit({ tenantId: 'globex' })];

  const working = work([record(hung.id), ...others.map(({ id }) => record(id))], 30_000);
  await settle();
  const stateOf = async (tenantId: string, id: string) => (await jobs.get(tenantId, id))?.state;
  expect([await stateOf('acme', others[0].id), await stateOf('globex', others[1].id)]).toEqual(['succeeded', 'succeeded']);
  clock.advance(30_000);

  expect(await working).toEqual({ failed: [] });
  expect(await jobs.get('acme', hung.id)).toMatchObject({ state: 'queued', error: { code: 'worker-ended' } });
});

test('works a redelivered batch without doing again what is done', async () => {
  const process = jest.fn(async () => null);
  const { work, submit } = await batchOver(process);
  const records = [record((await submit()).id), record((await submit()).id)];
  await work(records);

  expect(await work([...records, { ...records[0], messageId: 'twice' }])).toEqual({ failed: [] });
  expect(process).toHaveBeenCalledTimes(2);
});

test('works a job once though its message comes twice in one batch', async () => {
  const process = jest.fn(async () => null);
  const { work, submit } = await batchOver(process);
  const { id } = await submit();

  expect(await work([record(id, 'one'), record(id, 'other')])).toEqual({ failed: [] });
  expect(process).toHaveBeenCalledTimes(1);
});

test('reports only the record whose job could not be read', async () => {
  const { work, submit, store, failures } = await batchOver(async () => null);
  const [good, bad] = [await submit(), await submit()];
  const read = store.read.bind(store);
  store.read = async (id) => (id === bad.id ? Promise.reject(new Error('throttled')) : read(id));

  expect(await work([record(good.id), record(bad.id)])).toEqual({ failed: [bad.id] });
  expect(failures).toEqual(['throttled']);
});

test.each(['', '{', 'null', '{"jobId":1,"tenantId":"a"}'])('reports a message that is none of ours: %s', async (body) => {
  const { work, failures } = await batchOver(async () => null);

  expect(await work([{ messageId: 'm', body }])).toEqual({ failed: ['m'] });
  expect(failures).toEqual(['the message must be JSON with jobId and tenantId, got something else']);
});
