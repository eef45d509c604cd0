import {
  type Attempt,
  type AttemptEnd,
  JobProcessorError,
  type JsonValue,
  JobRunner,
  MemoryJobStore,
  MemoryResultStore,
} from 'plinth-runtime/jobs';
import { jobsOver, KIND, LEASE_MS } from './store';

const settle = () => new Promise(setImmediate);

type Process = (attempt: Attempt) => Promise<JsonValue>;

async function runnerOver(process: Process, { results = true }: { results?: boolean } = {}) {
  const over = await jobsOver(async (clock) => new MemoryJobStore(clock));
  const ends: AttemptEnd[] = [];
  const store = new MemoryResultStore();
  const runner = new JobRunner({
    jobs: over.jobs,
    processors: new Map([[KIND, { process }]]),
    results: results ? store : undefined,
    onEnd: (end) => ends.push(end),
  });
  const worker = new AbortController();
  return { ...over, runner, ends, results: store, worker, run: (id: string) => runner.run(id, worker.signal) };
}

/** A processor that goes on until it is told to stop, and one that does not even listen. */
const untilAborted: Process = ({ signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
const deaf: Process = () => new Promise(() => undefined);

test('runs the processor of the kind and keeps its result', async () => {
  const seen: Attempt[] = [];
  const { run, submit, jobs, ends } = await runnerOver(async (attempt) => {
    seen.push(attempt);
    return { pages: 3 };
  });
  const { id } = await submit({ input: { page: 7 } });

  expect(await run(id)).toBe('succeeded');

  expect(seen).toMatchObject([{ job: { id, tenantId: 'acme', input: { page: 7 } }, fence: 1 }]);
  expect(await jobs.get('acme', id)).toMatchObject({ state: 'succeeded', result: { pages: 3 } });
  expect(ends).toMatchObject([{ jobId: id, outcome: 'succeeded', attempt: 1 }]);
});

test('skips a job that is done, held by another, or gone', async () => {
  const work = jest.fn(async () => null);
  const { run, submit, jobs } = await runnerOver(work);
  const done = await submit();
  await run(done.id);
  const held = await submit();
  await jobs.claim(held.id);

  expect([await run(done.id), await run(held.id), await run('job_none')]).toEqual(['finished', 'taken', 'not-found']);
  expect(work).toHaveBeenCalledTimes(1);
});

test('beats while the processor runs, and writes how far it is', async () => {
  let finish = () => {};
  const { run, submit, jobs, clock } = await runnerOver(async ({ report }) => {
    report(30, 'reading');
    await new Promise<void>((resolve) => (finish = resolve));
    return null;
  });
  const { id } = await submit();
  const running = run(id);
  for (let passed = 0; passed < 2 * LEASE_MS; passed += 1000) {
    await settle();
    clock.advance(1000);
  }
  expect(await jobs.get('acme', id)).toMatchObject({ state: 'running', progress: 30, stage: 'reading' });
  finish();

  expect(await running).toBe('succeeded');
});

test.each([
  ['listens', untilAborted],
  ['does not listen', deaf],
])('stops an attempt whose owner cancelled and whose processor %s', async (_name, process) => {
  const { run, submit, jobs, clock } = await runnerOver(process);
  const { id } = await submit();
  const running = run(id);
  await settle();
  await jobs.cancel('acme', id);
  clock.advance(10_000);

  expect(await running).toBe('cancelled');
  expect((await jobs.get('acme', id))?.state).toBe('cancelled');
});

test('stops an attempt that was superseded, without a write', async () => {
  const { run, submit, jobs, clock } = await runnerOver(untilAborted);
  const { id } = await submit();
  const running = run(id);
  await settle();
  // All at once: the worker stood still for as long as its lease, and its next beat comes after another's claim.
  jest.spyOn(clock, 'now').mockReturnValue(clock.now() + LEASE_MS);
  await jobs.claim(id);
  clock.advance(10_000);

  expect(await running).toBe('superseded');
  expect(await jobs.get('acme', id)).toMatchObject({ state: 'running', attempt: 2 });
});

test('stops an attempt whose store is away for as long as its lease', async () => {
  const { run, submit, clock, store } = await runnerOver(untilAborted);
  const { id } = await submit();
  const read = jest.spyOn(store, 'read');
  const running = run(id);
  await settle();
  read.mockRejectedValue(new Error('away'));
  for (let passed = 0; passed < LEASE_MS; passed += 10_000) {
    clock.advance(10_000);
    await settle();
  }

  expect(await running).toBe('lease-lost');
});

test('gives an attempt back when the worker must end', async () => {
  const { run, submit, jobs, worker } = await runnerOver(deaf);
  const { id } = await submit();
  const running = run(id);
  await settle();
  worker.abort(new Error('no time left'));

  expect(await running).toBe('retried');
  expect(await jobs.get('acme', id)).toMatchObject({ state: 'queued', error: { code: 'worker-ended' } });
});

test('tells the owner what the processor says, and nothing of what it throws otherwise', async () => {
  const failures = [
    new JobProcessorError({ code: 'bad-page', message: 'page 7 is no page', retryable: false }),
    new Error('password=secret'),
  ];
  const { run, submit, jobs } = await runnerOver(async () => Promise.reject(failures.shift()!));
  const [said, thrown] = [await submit(), await submit()];

  expect([await run(said.id), await run(thrown.id)]).toEqual(['failed', 'retried']);
  expect((await jobs.get('acme', said.id))?.error).toEqual({ code: 'bad-page', message: 'page 7 is no page' });
  expect((await jobs.get('acme', thrown.id))?.error).toEqual({ code: 'processor-failed', message: 'the processor failed' });
});

test('waits as long as the processor asks', async () => {
  const failure = { code: 'busy', message: 'busy', retryable: true, retryAfterMs: 120_000 };
  const { run, submit, messages } = await runnerOver(async () => Promise.reject(new JobProcessorError(failure)));
  const { id } = await submit();
  await run(id);

  expect(messages.sent.at(-1)?.delayMs).toBe(120_000);
});

test('keeps a result over 32 KB elsewhere, and fails a job whose result is larger than that takes', async () => {
  let size = 32_766;
  const { run, submit, jobs, results } = await runnerOver(async () => 'x'.repeat(size));
  const resultOf = async () => {
    const { id } = await submit();
    await run(id);
    return jobs.get('acme', id);
  };
  const inline = await resultOf();
  size += 1;
  const apart = await resultOf();
  size = 5 * 1024 * 1024;
  const tooLarge = await resultOf();

  expect([inline?.result, inline?.resultRef]).toEqual(['x'.repeat(32_766), undefined]);
  expect(apart?.result).toBeUndefined();
  expect(await results.read(apart?.resultRef ?? '')).toHaveLength(32_769);
  expect(tooLarge).toMatchObject({
    state: 'failed',
    error: { code: 'result-too-large', message: 'the result must be at most 5242880 bytes, got 5242882' },
  });
});

test('fails a large result where there is no store for it', async () => {
  const { run, submit, jobs } = await runnerOver(async () => 'x'.repeat(40_000), { results: false });
  const { id } = await submit();
  await run(id);
  expect((await jobs.get('acme', id))?.error?.message).toBe('the result must be at most 32768 bytes, got 40002');
});

test('tries again later where no processor serves the kind', async () => {
  const { run, submit, jobs } = await runnerOver(deaf);
  const { id } = await submit({ kind: 'reports.make' });
  expect(await run(id)).toBe('retried');
  expect((await jobs.get('acme', id))?.error).toEqual({ code: 'no-processor', message: 'no processor serves jobs of kind reports.make' });
});
