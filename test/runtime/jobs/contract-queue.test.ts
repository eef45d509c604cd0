import { sweepDue } from 'plinth-runtime/jobs';
import { Dynalite } from '../../support/dynalite';
import { DEADLINE_MS, jobsOver, KIND, LEASE_MS, stores, submission, success } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

jest.setTimeout(30_000);

const MINUTE_MS = 60_000;

describe.each(stores)('the queue of jobs %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  describe('the sweeper', () => {
    const sweeperOver = async () => {
      const over = await jobsOver(makeStore);
      const failures: unknown[] = [];
      const sweep = () => sweepDue(over.jobs, over.clock.now() + MINUTE_MS, (_id, error) => failures.push(error));
      return { ...over, sweep, failures };
    };

    test('leaves alone what is not due', async () => {
      const { submit, claimed, sweep, messages } = await sweeperOver();
      await submit();
      await claimed();

      expect(await sweep()).toEqual({ due: 0, sent: 0, ended: 0, failed: 0, isCut: false });
      expect(messages.sent).toHaveLength(2);
    });

    test('sends a new message for a queued job, each time after twice the wait', async () => {
      const { submit, sweep, messages, clock } = await sweeperOver();
      await submit();
      const sentAfter: number[] = [];
      clock.advance(MINUTE_MS - 1);
      expect((await sweep()).due).toBe(0);
      clock.advance(1 - MINUTE_MS);
      for (let minute = 1; minute <= 7; minute += 1) {
        clock.advance(MINUTE_MS);
        if ((await sweep()).sent === 1) sentAfter.push(minute);
      }

      expect(sentAfter).toEqual([1, 3, 7]);
      expect(messages.sent).toHaveLength(4);
    });

    test('queues the job of a lost worker again', async () => {
      const { claimed, sweep, messages, clock, jobs } = await sweeperOver();
      const { id } = await claimed();
      clock.advance(LEASE_MS);

      expect(await sweep()).toMatchObject({ due: 1, sent: 1 });
      expect(await jobs.get('acme', id)).toMatchObject({ state: 'queued', attempt: 1 });
      expect(messages.sent.at(-1)).toEqual({ jobId: id, tenantId: 'acme', delayMs: 0 });
    });

    test('fails a job whose last worker is lost', async () => {
      const { submit, attemptOn, sweep, clock, jobs } = await sweeperOver();
      const { id } = await submit();
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        await attemptOn(id);
        clock.advance(LEASE_MS);
      }

      expect(await sweep()).toMatchObject({ ended: 1 });
      expect(await jobs.get('acme', id)).toMatchObject({ state: 'failed', error: { code: 'worker-lost' } });
    });

    test('expires what passed its deadline, queued or running', async () => {
      const { submit, claimed, sweep, clock, jobs } = await sweeperOver();
      const { id } = await submit({ deadlineMs: 5000 });
      const running = await claimed({ deadlineMs: 5000 });
      clock.advance(5000);

      expect(await sweep()).toMatchObject({ due: 2, ended: 2 });
      expect((await jobs.get('acme', id))?.state).toBe('expired');
      expect((await jobs.get('acme', running.id))?.state).toBe('expired');
      expect((await jobs.finish(running.id, running.token, success)).refusal).toBe('finished');
    });

    test('sends once though two sweep at once', async () => {
      const { submit, sweep, clock, messages } = await sweeperOver();
      for (let n = 0; n < 8; n += 1) await submit();
      clock.advance(MINUTE_MS);
      await Promise.all([sweep(), sweep(), sweep()]);

      expect(messages.sent).toHaveLength(16);
    });

    test('goes on after a job that fails it', async () => {
      const { submit, sweep, clock, store, failures } = await sweeperOver();
      const [broken] = [await submit(), await submit()];
      const read = store.read.bind(store);
      store.read = async (id) => (id === broken.id ? Promise.reject(new Error('throttled')) : read(id));
      clock.advance(MINUTE_MS);

      expect(await sweep()).toMatchObject({ due: 2, sent: 1, failed: 1 });
      expect(failures).toEqual([new Error('throttled')]);
    });
  });

  describe('the list', () => {
    const ids = (count: number) => Array.from({ length: count }, (_, at) => at);

    test("pages through a tenant's jobs, newest first", async () => {
      const { submit, jobs, clock } = await jobsOver(makeStore);
      const all: string[] = [];
      for (const _ of ids(12)) {
        all.unshift((await submit()).id);
        clock.advance(1);
      }
      await submit({ tenantId: 'globex' });

      const pages: string[][] = [];
      for (let before: string | undefined, isFirst = true; isFirst || before; isFirst = false) {
        const page = await jobs.list({ tenantId: 'acme', limit: 5, before });
        pages.push(page.jobs.map(({ id }) => id));
        before = page.next;
      }

      expect(pages.flat()).toEqual(all);
      expect(pages.slice(0, 2).map((page) => page.length)).toEqual([5, 5]);
    });

    test('filters by kind and state', async () => {
      const { submit, claimed, jobs } = await jobsOver(makeStore);
      await submit();
      const running = await claimed();
      await submit({ kind: 'reports.make' });
      const listed = async (filter: object) => (await jobs.list({ tenantId: 'acme', limit: 10, ...filter })).jobs;

      expect((await listed({ state: 'running' })).map(({ id }) => id)).toEqual([running.id]);
      expect(await listed({ kind: 'reports.make' })).toMatchObject([{ kind: 'reports.make', state: 'queued' }]);
      expect(await listed({ kind: 'reports.make', state: 'running' })).toEqual([]);
    });

    test('leaves out what is kept no longer', async () => {
      const { claimed, submit, jobs, clock } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      await jobs.finish(id, token, success);
      clock.advance(7 * 24 * 60 * MINUTE_MS + 1000);
      const fresh = await submit();

      expect((await jobs.list({ tenantId: 'acme', limit: 10 })).jobs.map((job) => job.id)).toEqual([fresh.id]);
    });
  });

  describe('the bounds', () => {
    const bounds = { perTenant: 3, global: 5 };

    test('DOC-4.2 refuse a tenant with too many queued jobs, until one is claimed', async () => {
      const { submit, jobs, messages } = await jobsOver(makeStore, { bounds });
      const first = await submit();
      await submit();
      await submit();

      expect(await jobs.submit(submission())).toEqual({ type: 'full', scope: 'tenant', bound: 3, retryAfterMs: 10_000 });
      expect(messages.sent).toHaveLength(3);
      await jobs.claim(first.id);
      expect((await jobs.submit(submission())).type).toBe('created');
    });

    test('DOC-4.2 refuse everybody when all together have too many', async () => {
      const { submit, jobs } = await jobsOver(makeStore, { bounds });
      for (const tenantId of ['a', 'b', 'c', 'd', 'e']) await submit({ tenantId });

      expect(await jobs.submit(submission({ tenantId: 'f' }))).toMatchObject({ type: 'full', scope: 'global', bound: 5 });
      expect((await jobs.list({ tenantId: 'f', limit: 10 })).jobs).toEqual([]);
    });

    test('leave an idempotency key free when they refuse', async () => {
      const { submit, jobs, store } = await jobsOver(makeStore, { bounds });
      for (let n = 0; n < 3; n += 1) await submit();
      await jobs.submit(submission({ idempotencyKey: 'k' }));

      expect(await store.readKey('acme', 'k')).toBeUndefined();
    });

    test.each(['cancelled', 'expired'] as const)('count no job that was %s', async (how) => {
      const { submit, jobs, clock } = await jobsOver(makeStore, { bounds });
      const { id } = await submit({ deadlineMs: 5000 });
      if (how === 'cancelled') await jobs.cancel('acme', id);
      clock.advance(5000);
      await jobs.sweep(id);
      for (let n = 0; n < 3; n += 1) await submit();

      expect((await jobs.submit(submission())).type).toBe('full');
    });

    test('count a job again that waits for another attempt', async () => {
      const { submit, claimed, jobs } = await jobsOver(makeStore, { bounds });
      const { id, token } = await claimed();
      await jobs.fail(id, token, { code: 'busy', message: 'busy', retryable: true });
      await submit();
      await submit();

      expect((await jobs.submit(submission())).type).toBe('full');
    });

    test('are mended after a crash left a count behind', async () => {
      const { store, jobs, clock, submit } = await jobsOver(makeStore, { bounds });
      await submit();
      await store.count({ id: 'job_lost', tenantId: 'acme' }, 1);
      await store.count({ id: 'job_lost', tenantId: 'acme' }, 1);
      expect((await jobs.submit(submission())).type).toBe('full');

      clock.advance(20_000);
      expect(await store.recount()).toBeGreaterThan(0);
      expect(await store.recount()).toBe(0);
      await submit();
      await submit();
      expect((await jobs.submit(submission())).type).toBe('full');
    });
  });

  describe('the estimate', () => {
    const finishAfter = async (over: Awaited<ReturnType<typeof jobsOver>>, ms: number) => {
      const { id, token } = await over.claimed();
      over.clock.advance(ms);
      await over.jobs.finish(id, token, success);
    };
    const estimateOf = async ({ jobs }: Awaited<ReturnType<typeof jobsOver>>) => {
      const submitted = await jobs.submit(submission());
      return submitted.type === 'created' ? submitted.estimate : undefined;
    };

    test("CTX-4.1 is the kind's own while nothing was measured", async () => {
      expect(await estimateOf(await jobsOver(makeStore))).toEqual({ p50Ms: 10_000, p95Ms: undefined });
    });

    test('CTX-4.1 is what half of the jobs took, a fifth too high at most', async () => {
      const over = await jobsOver(makeStore);
      for (let n = 1; n <= 20; n += 1) await finishAfter(over, n * 100);
      over.clock.advance(11_000);
      const { p50Ms, p95Ms = 0 } = (await estimateOf(over))!;

      expect(p50Ms).toBeGreaterThanOrEqual(1000);
      expect(p50Ms).toBeLessThanOrEqual(1190);
      expect(p95Ms).toBeGreaterThanOrEqual(1900);
      expect(p95Ms).toBeLessThanOrEqual(2261);
    });

    test('forgets what was measured two hours ago', async () => {
      const over = await jobsOver(makeStore);
      await finishAfter(over, 500);
      over.clock.advance(2 * 60 * MINUTE_MS);

      expect(await estimateOf(over)).toEqual({ p50Ms: 10_000, p95Ms: undefined });
    });
  });

  test('makes no id twice', async () => {
    const { store, submit, clock } = await jobsOver(makeStore);
    const job = await submit();
    clock.advance(DEADLINE_MS);

    expect(await store.create({ ...job, kind: KIND })).toBe(false);
  });
});
