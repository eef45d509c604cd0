import { type Attempt, jobKinds, JobProcessorError, JobRunner, type JsonValue, MemoryResultStore, sweepDue } from 'plinth-runtime/jobs';
import { Dynalite } from '../../support/dynalite';
import { jobsOver, KIND, LEASE_MS, type MakeStore, stores } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

const ONCE = 'payments.make';
const kinds = jobKinds([
  { name: KIND, leaseMs: LEASE_MS, maxAttempts: 3 },
  { name: ONCE, leaseMs: LEASE_MS, maxAttempts: 1 },
]);
const MINUTE_MS = 60_000;

/** Jobs over a store, workers that do as they are told, and how often they began. */
async function working(makeStore: MakeStore, process: (attempt: Attempt) => Promise<JsonValue> = async () => null) {
  const over = await jobsOver(makeStore, { kinds });
  const results = new MemoryResultStore();
  let begun = 0;
  const processor = {
    process: (attempt: Attempt) => {
      begun += 1;
      return process(attempt);
    },
  };
  const processors = new Map([KIND, ONCE].map((kind) => [kind, processor]));
  const run = (id: string, signal = new AbortController().signal) =>
    new JobRunner({ jobs: over.jobs, processors, results }).run(id, signal);
  const sweep = () => sweepDue(over.jobs, over.clock.now() + MINUTE_MS, () => undefined);
  const get = (id: string) => over.jobs.get('acme', id);
  return { ...over, results, run, sweep, get, begun: () => begun };
}

describe.each(stores)('failure mode 29: jobs %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  test('one that is cancelled while it is queued is never begun, though its message comes', async () => {
    const { submit, jobs, run, begun, sweep, clock } = await working(makeStore);
    const { id } = await submit();
    await jobs.cancel('acme', id);

    expect(await run(id)).toBe('finished');
    clock.advance(LEASE_MS);
    expect(await sweep()).toMatchObject({ due: 0 });
    expect(begun()).toBe(0);
  });

  test('one that is cancelled while it runs ends cancelled, whatever its worker says after', async () => {
    const { submit, jobs, run, get } = await working(makeStore, async ({ job }) => {
      await jobs.cancel('acme', job.id);
      return { paid: true };
    });
    const { id } = await submit();

    expect(await run(id)).toBe('cancelled');
    expect(await get(id)).toMatchObject({ state: 'cancelled' });
    expect((await get(id))?.result).toBeUndefined();
  });

  test('one that is cancelled after its end keeps its end', async () => {
    const { submit, jobs, run, get } = await working(makeStore, async () => 'done');
    const { id } = await submit();
    await run(id);

    expect((await jobs.cancel('acme', id)).refusal).toBe('finished');
    expect(await get(id)).toMatchObject({ state: 'succeeded', result: 'done', attempt: 1 });
  });

  test('one whose heartbeat is lost is done by another, and what the first says late is refused', async () => {
    const { submit, attemptOn, jobs, run, get, sweep, clock } = await working(makeStore, async () => 'second');
    const { id } = await submit();
    const lost = await attemptOn(id);
    clock.advance(LEASE_MS);

    expect(await sweep()).toMatchObject({ sent: 1 });
    expect(await run(id)).toBe('succeeded');
    expect((await jobs.heartbeat(id, lost.token, { progress: 99 })).refusal).toBe('finished');
    expect((await jobs.finish(id, lost.token, { type: 'succeeded', result: 'first' })).refusal).toBe('finished');
    expect(await get(id)).toMatchObject({ state: 'succeeded', result: 'second', attempt: 2 });
  });

  test('progress that arrives out of order never goes back, and the next attempt begins anew', async () => {
    const { submit, attemptOn, jobs, get, clock } = await working(makeStore);
    const { id } = await submit();
    const first = await attemptOn(id);
    const seen: (number | undefined)[] = [];
    for (const progress of [10, 70, 40, 70, 20, 90]) {
      await jobs.heartbeat(id, first.token, { progress });
      seen.push((await get(id))?.progress);
    }
    expect(seen).toEqual([10, 70, 70, 70, 70, 90]);

    clock.advance(LEASE_MS);
    const second = await attemptOn(id);
    await jobs.heartbeat(id, second.token, { progress: 5 });
    await jobs.heartbeat(id, first.token, { progress: 95 });
    expect((await get(id))?.progress).toBe(5);
  });

  test('a result over 1 MiB lies beside the row, whole', async () => {
    const result = 'é'.repeat(600_000);
    const { submit, run, get, results } = await working(makeStore, async () => result);
    const { id } = await submit();

    expect(await run(id)).toBe('succeeded');
    const job = await get(id);
    expect(job).toMatchObject({ state: 'succeeded' });
    expect(job?.result).toBeUndefined();
    expect(JSON.parse(String(await results.read(job?.resultRef ?? '')))).toBe(result);
  });

  describe('of a kind that is done once at most (maxAttempts 1)', () => {
    test.each<[string, () => Promise<JsonValue>]>([
      ['throws', () => Promise.reject(new Error('unknown'))],
      ['asks for another time', () => Promise.reject(new JobProcessorError({ code: 'busy', message: 'busy', retryable: true }))],
    ])('one whose worker %s has failed, and is begun by nobody again', async (_how, process) => {
      const { submit, run, get, sweep, begun, clock, messages } = await working(makeStore, process);
      const { id } = await submit({ kind: ONCE });

      expect(await run(id)).toBe('failed');
      clock.advance(LEASE_MS);
      await sweep();
      expect(await run(id)).toBe('finished');
      expect(await get(id)).toMatchObject({ state: 'failed', attempt: 1 });
      expect([begun(), messages.sent.length]).toEqual([1, 1]);
    });

    test.each(['its message', 'the sweeper'])('one whose worker is lost is failed by %s, and not begun again', async (who) => {
      const { submit, attemptOn, run, get, sweep, begun, clock } = await working(makeStore);
      const { id } = await submit({ kind: ONCE });
      await attemptOn(id);
      clock.advance(LEASE_MS);

      await (who === 'the sweeper' ? sweep() : run(id));
      expect(await run(id)).toBe('finished');
      expect(await get(id)).toMatchObject({ state: 'failed', error: { code: 'worker-lost' }, attempt: 1 });
      expect(begun()).toBe(0);
    });

    test('one whose worker had to end has failed: nobody knows what it did', async () => {
      const worker = new AbortController();
      const { submit, run, get, begun } = await working(makeStore, () => {
        worker.abort(new Error('no time left'));
        return new Promise<never>(() => undefined);
      });
      const { id } = await submit({ kind: ONCE });

      expect(await run(id, worker.signal)).toBe('failed');
      expect(await get(id)).toMatchObject({ state: 'failed', error: { code: 'worker-ended' } });
      expect(begun()).toBe(1);
    });
  });
});
