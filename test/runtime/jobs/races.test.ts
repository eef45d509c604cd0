import type { Refusal, StepResult } from 'plinth-runtime/jobs';
import { Dynalite } from '../../support/dynalite';
import { jobsOver, LEASE_MS, stores, submission, success } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

jest.setTimeout(60_000);

const RACERS = 200;
const FEWER = 50;
const race = <T>(step: (racer: number) => Promise<T>, racers = RACERS): Promise<T[]> =>
  Promise.all(Array.from({ length: racers }, (_, racer) => step(racer)));
const count = (results: readonly StepResult[], refusal: Refusal | undefined) =>
  results.filter((result) => result.refusal === refusal).length;

describe.each(stores)('many at once, %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  test('200 claim a job: one holds it', async () => {
    const { submit, jobs } = await jobsOver(makeStore);
    const { id } = await submit();

    const results = await race(() => jobs.claim(id));

    expect([count(results, undefined), count(results, 'taken')]).toEqual([1, RACERS - 1]);
    expect((await jobs.get('acme', id))?.attempt).toBe(1);
  });

  test('50 claim a job whose lease ran out: one supersedes', async () => {
    const { claimed, jobs, clock } = await jobsOver(makeStore);
    const { id } = await claimed();
    clock.advance(LEASE_MS);

    const results = await race(() => jobs.claim(id), FEWER);

    expect([count(results, undefined), count(results, 'taken')]).toEqual([1, FEWER - 1]);
    expect((await jobs.get('acme', id))?.attempt).toBe(2);
  });

  test('200 finish a job: one result stands', async () => {
    const { claimed, jobs } = await jobsOver(makeStore);
    const { id, token } = await claimed();

    const results = await race((racer) => jobs.finish(id, token, { type: 'succeeded', result: racer }));

    expect([count(results, undefined), count(results, 'finished')]).toEqual([1, RACERS - 1]);
    expect((await jobs.get('acme', id))?.result).toBe(results.findIndex(({ refusal }) => refusal === undefined));
  });

  test('50 cancel or claim a queued job: it is cancelled, at once or by request, and claimed at most once', async () => {
    const { submit, jobs } = await jobsOver(makeStore);
    const { id } = await submit();

    const results = await race((racer) => (racer % 2 === 0 ? jobs.cancel('acme', id) : jobs.claim(id)), FEWER);

    const claims = results.filter((_, racer) => racer % 2 === 1).filter(({ refusal }) => refusal === undefined);
    const job = await jobs.get('acme', id);
    expect(job?.attempt).toBe(claims.length);
    expect(claims.length).toBeLessThanOrEqual(1);
    expect(job).toMatchObject(claims.length === 1 ? { state: 'running', cancelRequested: true } : { state: 'cancelled' });
  });

  test('200 cancel or finish a running job: it ends one way', async () => {
    const { claimed, jobs } = await jobsOver(makeStore);
    const { id, token } = await claimed();

    const results = await race((racer) => (racer % 2 === 0 ? jobs.cancel('acme', id) : jobs.finish(id, token, success)));

    const finishes = results.filter((_, racer) => racer % 2 === 1);
    const won = count(finishes, undefined);
    const job = await jobs.get('acme', id);
    expect(job?.state).toBe(won === 1 ? 'succeeded' : 'cancelled');
    expect(job?.result === undefined).toBe(won === 0);
    expect(won).toBeLessThanOrEqual(1);
  });

  test('200 submit under one key: one job is made', async () => {
    const { jobs, messages } = await jobsOver(makeStore);

    const results = await race(() => jobs.submit(submission({ idempotencyKey: 'k' })));

    expect(results.filter(({ type }) => type === 'created')).toHaveLength(1);
    expect(new Set(results.map((result) => ('job' in result ? result.job.id : '')))).toEqual(new Set([messages.sent[0]?.jobId]));
    expect(messages.sent).toHaveLength(1);
    expect((await jobs.list({ tenantId: 'acme', limit: 10 })).jobs).toHaveLength(1);
  });

  test('50 submit up to a bound: none passes it', async () => {
    const { jobs } = await jobsOver(makeStore, { bounds: { perTenant: 20, global: 1000 } });

    const results = await race(() => jobs.submit(submission()), FEWER);

    expect(results.filter(({ type }) => type === 'created')).toHaveLength(20);
    expect(results.filter(({ type }) => type === 'full')).toHaveLength(FEWER - 20);
  });
});
