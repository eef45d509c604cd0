import { Dynalite } from '../../support/dynalite';
import { DEADLINE_MS, jobsOver, KIND, LEASE_MS, stores, submission, success } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

jest.setTimeout(30_000);

const DAY_MS = 86_400_000;

describe.each(stores)('jobs %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  describe('submitting', () => {
    test('CTX-4.1 queues a job and sends a message for its tenant', async () => {
      const { submit, messages, jobs } = await jobsOver(makeStore);

      const { id } = await submit({ webhookUrl: 'https://example.com/done' });

      expect(await jobs.get('acme', id)).toMatchObject({
        id,
        tenantId: 'acme',
        kind: KIND,
        state: 'queued',
        input: { page: 1 },
        progress: 0,
        attempt: 0,
        webhookUrl: 'https://example.com/done',
        cancelRequested: false,
      });
      expect(messages.sent).toEqual([{ jobId: id, tenantId: 'acme', delayMs: 0 }]);
    });

    test('keeps every kind of JSON as it came', async () => {
      const { submit, jobs } = await jobsOver(makeStore);
      const input = { '': null, text: 'ä\u0000"', list: [1, -0.5, true, []], deep: { a: {} } };

      const { id } = await submit({ input });

      expect((await jobs.get('acme', id))?.input).toEqual(input);
    });

    test('stands though its message cannot be sent', async () => {
      const { submit, messages, jobs, left } = await jobsOver(makeStore);
      messages.failure = new Error('queue away');

      const { id } = await submit();

      expect((await jobs.get('acme', id))?.state).toBe('queued');
      expect(left).toEqual(['message']);
    });

    test('answers the same job for the same key and request', async () => {
      const { submit, jobs, messages } = await jobsOver(makeStore);
      const { id } = await submit({ idempotencyKey: 'k', input: { a: 1, b: 2 } });

      const again = await jobs.submit(submission({ idempotencyKey: 'k', input: { b: 2, a: 1 } }));

      expect(again).toMatchObject({ type: 'replayed', job: { id } });
      expect(messages.sent).toHaveLength(1);
    });

    test.each([{ input: { page: 2 } }, { kind: 'reports.make' }, { webhookUrl: 'https://example.com/other' }, { deadlineMs: 5000 }])(
      'refuses a key that was used for another request: %j',
      async (other) => {
        const { submit, jobs } = await jobsOver(makeStore);
        const { id } = await submit({ idempotencyKey: 'k' });

        expect(await jobs.submit(submission({ idempotencyKey: 'k', ...other }))).toEqual({ type: 'conflict', jobId: id });
      },
    );

    test("keeps tenants' keys apart", async () => {
      const { submit } = await jobsOver(makeStore);

      const one = await submit({ idempotencyKey: 'k' });
      const other = await submit({ idempotencyKey: 'k', tenantId: 'globex', input: {} });

      expect(other.id).not.toBe(one.id);
    });

    test('frees a key after a day', async () => {
      const { submit, clock } = await jobsOver(makeStore);
      const one = await submit({ idempotencyKey: 'k' });
      clock.advance(DAY_MS + 1000);

      expect((await submit({ idempotencyKey: 'k', input: {} })).id).not.toBe(one.id);
    });

    test('writes the job of a key whose taker ended before it did', async () => {
      const { submit, jobs, store, clock } = await jobsOver(makeStore);
      const lost = await submit({ idempotencyKey: 'k' });
      const held = await store.readKey('acme', 'k');
      const fresh = await jobsOver(makeStore);
      await fresh.store.takeKey({ ...held!, ttl: Math.ceil((clock.now() + DAY_MS) / 1000) });

      const submitted = await fresh.jobs.submit(submission({ idempotencyKey: 'k' }));

      expect(submitted).toMatchObject({ type: 'created', job: { id: lost.id } });
      expect(await jobs.submit(submission({ idempotencyKey: 'k' }))).toMatchObject({ type: 'replayed', job: { id: lost.id } });
    });
  });

  describe('an attempt', () => {
    test('CTX-4.3 ends a job with its result', async () => {
      const { claimed, jobs, clock } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      clock.advance(500);

      expect((await jobs.finish(id, token, success)).refusal).toBeUndefined();

      const job = await jobs.get('acme', id);
      expect(job).toMatchObject({ state: 'succeeded', result: { pages: 3 }, progress: 100, attempt: 1, finishedAt: clock.now() });
      expect(job?.dueAt).toBeUndefined();
      expect(job?.lease).toBeUndefined();
    });

    test('is refused while another holds the lease', async () => {
      const { claimed, jobs } = await jobsOver(makeStore);
      const { id } = await claimed();

      expect((await jobs.claim(id)).refusal).toBe('taken');
    });

    test('is refused for no job and for a final one', async () => {
      const { claimed, jobs } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      await jobs.finish(id, token, success);

      expect((await jobs.claim('job_00000000000000000000000000')).refusal).toBe('not-found');
      expect((await jobs.claim(id)).refusal).toBe('finished');
    });

    test('extends its lease with a heartbeat and says how far it is', async () => {
      const { claimed, jobs, clock } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      clock.advance(LEASE_MS - 1);
      await jobs.heartbeat(id, token, { progress: 40, stage: 'embedding' });
      clock.advance(LEASE_MS - 1);

      expect(await jobs.get('acme', id)).toMatchObject({ progress: 40, stage: 'embedding' });
      expect((await jobs.finish(id, token, success)).job?.state).toBe('succeeded');
    });

    test('takes no progress back that arrives late', async () => {
      const { claimed, jobs } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      await jobs.heartbeat(id, token, { progress: 60 });
      await jobs.heartbeat(id, token, { progress: 20 });

      expect((await jobs.get('acme', id))?.progress).toBe(60);
    });

    test.each(['heartbeat', 'finish', 'fail'] as const)('that outlives its lease is refused its %s', async (step) => {
      const { claimed, jobs, clock } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      clock.advance(LEASE_MS);

      const steps = {
        heartbeat: () => jobs.heartbeat(id, token),
        finish: () => jobs.finish(id, token, success),
        fail: () => jobs.fail(id, token, { code: 'late', message: 'late', retryable: true }),
      };

      expect((await steps[step]()).refusal).toBe('lease-lost');
      expect((await jobs.get('acme', id))?.state).toBe('running');
    });

    test('that was superseded writes nothing', async () => {
      const { claimed, jobs, clock, attemptOn } = await jobsOver(makeStore);
      const stale = await claimed();
      clock.advance(LEASE_MS);
      const fresh = await attemptOn(stale.id);

      expect((await jobs.finish(stale.id, stale.token, { type: 'succeeded', result: 'stale' })).refusal).toBe('superseded');
      expect((await jobs.heartbeat(stale.id, stale.token)).refusal).toBe('superseded');
      await jobs.finish(fresh.id, fresh.token, success);
      expect((await jobs.finish(stale.id, stale.token, { type: 'succeeded', result: 'stale' })).refusal).toBe('finished');
      expect(await jobs.get('acme', stale.id)).toMatchObject({ result: { pages: 3 }, attempt: 2 });
    });

    test('that passes its deadline expires the job, heartbeats or not', async () => {
      const { claimed, jobs, clock } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      for (let passed = 0; passed < DEADLINE_MS; passed += LEASE_MS / 2) {
        await jobs.heartbeat(id, token);
        clock.advance(LEASE_MS / 2);
      }

      expect((await jobs.finish(id, token, success)).refusal).toBe('deadline');
      const job = await jobs.get('acme', id);
      expect(job).toMatchObject({ state: 'expired', error: { code: 'deadline' } });
      expect(job?.result).toBeUndefined();
    });

    test('that fails for good ends the job with its error', async () => {
      const { claimed, jobs } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      await jobs.fail(id, token, { code: 'bad-page', message: 'page 1 is no page', retryable: false });

      expect(await jobs.get('acme', id)).toMatchObject({ state: 'failed', error: { code: 'bad-page', message: 'page 1 is no page' } });
    });

    test('that fails for now queues the job again after a wait', async () => {
      const { claimed, jobs, messages, clock } = await jobsOver(makeStore, { randomBytes: (size) => Buffer.alloc(size, 0xff) });
      const { id, token } = await claimed();
      await jobs.fail(id, token, { code: 'busy', message: 'busy', retryable: true });

      expect(await jobs.get('acme', id)).toMatchObject({ state: 'queued', attempt: 1, error: { code: 'busy' } });
      expect(messages.sent.at(-1)).toEqual({ jobId: id, tenantId: 'acme', delayMs: 1000 });
      expect((await jobs.claim(id)).refusal).toBe('early');
      clock.advance(1000);
      expect((await jobs.claim(id)).job?.attempt).toBe(2);
    });

    test('that fails for now is the last of maxAttempts', async () => {
      const { submit, jobs, clock, attemptOn } = await jobsOver(makeStore);
      const { id } = await submit();
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        const { token } = await attemptOn(id);
        await jobs.fail(id, token, { code: 'busy', message: 'busy', retryable: true });
        clock.advance(8000);
      }

      expect(await jobs.get('acme', id)).toMatchObject({ state: 'failed', attempt: 3, error: { code: 'busy' } });
    });

    test('may send its last write twice', async () => {
      const { claimed, jobs, store } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      const replace = store.replace.bind(store);
      // The first write arrives, its answer does not: the second is refused by the condition.
      store.replace = async (job, revision) => (await replace(job, revision)) && replace(job, revision);

      expect(await jobs.finish(id, token, success)).toMatchObject({ job: { state: 'succeeded' } });
    });
  });

  describe('a finished job', () => {
    test('is changed by nothing', async () => {
      const { claimed, jobs, clock } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      await jobs.finish(id, token, success);
      const before = await jobs.get('acme', id);
      clock.advance(DEADLINE_MS * 2);

      await jobs.claim(id);
      await jobs.heartbeat(id, token, { progress: 1 });
      await jobs.finish(id, token, { type: 'succeeded', result: 'other' });
      await jobs.fail(id, token, { code: 'x', message: 'x', retryable: true });
      await jobs.sweep(id);
      expect((await jobs.cancel('acme', id)).refusal).toBe('finished');

      expect(await jobs.get('acme', id)).toEqual(before);
    });

    test('can be read for as long as it is kept', async () => {
      const { claimed, jobs, clock } = await jobsOver(makeStore, { keptForMs: 2 * DAY_MS });
      const { id, token } = await claimed();
      await jobs.finish(id, token, success);

      clock.advance(2 * DAY_MS - 1000);
      expect((await jobs.get('acme', id))?.state).toBe('succeeded');
      clock.advance(2000);
      expect(await jobs.get('acme', id)).toBeUndefined();
    });

    test("is another tenant's no more than any", async () => {
      const { submit, jobs } = await jobsOver(makeStore);
      const { id } = await submit();

      expect(await jobs.get('globex', id)).toBeUndefined();
      expect((await jobs.cancel('globex', id)).refusal).toBe('not-found');
      expect((await jobs.get('acme', id))?.state).toBe('queued');
    });
  });

  describe('cancelling', () => {
    test('ends a queued job at once, and again without a change', async () => {
      const { submit, jobs } = await jobsOver(makeStore);
      const { id } = await submit();

      expect((await jobs.cancel('acme', id)).job?.state).toBe('cancelled');
      expect((await jobs.cancel('acme', id)).refusal).toBeUndefined();
      expect((await jobs.claim(id)).refusal).toBe('finished');
    });

    test('stops a running attempt at its heartbeat', async () => {
      const { claimed, jobs } = await jobsOver(makeStore);
      const { id, token } = await claimed();

      expect((await jobs.cancel('acme', id)).job).toMatchObject({ state: 'running', cancelRequested: true });
      expect((await jobs.heartbeat(id, token)).refusal).toBe('cancelled');
      await jobs.finish(id, token, { type: 'cancelled' });
      expect((await jobs.get('acme', id))?.state).toBe('cancelled');
    });

    test('refuses the result of the attempt that comes after it', async () => {
      const { claimed, jobs } = await jobsOver(makeStore);
      const { id, token } = await claimed();
      await jobs.cancel('acme', id);

      expect((await jobs.finish(id, token, success)).refusal).toBe('cancelled');
      const job = await jobs.get('acme', id);
      expect(job?.state).toBe('cancelled');
      expect(job?.result).toBeUndefined();
    });

    test('ends with the lease of an attempt that does not listen', async () => {
      const { claimed, jobs, clock } = await jobsOver(makeStore);
      const { id } = await claimed();
      await jobs.cancel('acme', id);
      clock.advance(LEASE_MS);

      expect((await jobs.sweep(id)).job?.state).toBe('cancelled');
    });
  });
});
