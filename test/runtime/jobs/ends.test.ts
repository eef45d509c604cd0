import { type Job, type JobKind, jobKinds } from 'plinth-runtime/jobs';
import { Dynalite } from '../../support/dynalite';
import { DEADLINE_MS, jobsOver, type MakeStore, stores, success } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

jest.setTimeout(30_000);

const RESEND_MS = 60_000;

/** Keeps what it was told, and fails as long as it is asked to. */
class Listener {
  readonly told: string[] = [];
  failure: Error | undefined;

  async tell({ id, state, error }: Job, { name }: JobKind): Promise<void> {
    if (this.failure) throw this.failure;
    this.told.push(`${id} ${name} ${state} ${error?.code ?? '-'}`);
  }
}

async function told(makeStore: MakeStore) {
  const ends = new Listener();
  return { ends, ...(await jobsOver(makeStore, { ends })) };
}

describe.each(stores)('the end of a job %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  test('is told once, and nothing is due then', async () => {
    const { ends, jobs, store, claimed, clock } = await told(makeStore);
    const { id, token } = await claimed();

    await jobs.finish(id, token, success);

    expect(ends.told).toEqual([`${id} documents.process succeeded -`]);
    expect(await store.read(id)).toMatchObject({ state: 'succeeded', result: success.result });
    clock.advance(10 * RESEND_MS);
    expect(await store.due(10)).toEqual([]);
  });

  test('is told whatever it is', async () => {
    const { ends, jobs, submit, claimed, clock } = await told(makeStore);
    const failed = await claimed();
    await jobs.fail(failed.id, failed.token, { code: 'bad-page', message: 'no such page', retryable: false });
    const cancelled = await submit();
    await jobs.cancel('acme', cancelled.id);
    const late = await submit();
    clock.advance(DEADLINE_MS);
    await jobs.sweep(late.id);

    expect(ends.told).toEqual([
      `${failed.id} documents.process failed bad-page`,
      `${cancelled.id} documents.process cancelled -`,
      `${late.id} documents.process expired deadline`,
    ]);
  });

  test('is not told of an attempt that another follows', async () => {
    const { ends, jobs, claimed } = await told(makeStore);
    const { id, token } = await claimed();

    await jobs.fail(id, token, { code: 'busy', message: 'try later', retryable: true });

    expect(ends.told).toEqual([]);
  });

  test('stands when nobody can be told, and is told by the sweeper, less and less often', async () => {
    const { ends, jobs, store, claimed, clock, left } = await told(makeStore);
    const { id, token } = await claimed();
    ends.failure = new Error('the table is away');

    expect(await jobs.finish(id, token, success)).toMatchObject({ job: { state: 'succeeded' } });
    expect(left).toEqual(['event']);

    expect(await store.due(10)).toEqual([]);
    clock.advance(RESEND_MS);
    expect(await store.due(10)).toEqual([id]);
    await jobs.sweep(id);
    expect(left).toEqual(['event', 'event']);
    clock.advance(RESEND_MS);
    expect(await store.due(10)).toEqual([]);

    clock.advance(RESEND_MS);
    ends.failure = undefined;
    await jobs.sweep(id);
    expect(ends.told).toEqual([`${id} documents.process succeeded -`]);
    clock.advance(10 * RESEND_MS);
    expect(await store.due(10)).toEqual([]);
  });

  test('stands when it was told and that cannot be noted, and is told again by the sweeper', async () => {
    const { ends, jobs, store, claimed, clock, left } = await told(makeStore);
    const { id, token } = await claimed();
    const replace = store.replace.bind(store);
    store.replace = (job, revision) =>
      job.state === 'succeeded' && !job.isUntold ? Promise.reject(new Error('the table is away')) : replace(job, revision);
    const finished = await jobs.finish(id, token, success);
    store.replace = replace;

    expect([finished.refusal, finished.job?.state, left]).toEqual([undefined, 'succeeded', ['event']]);
    expect(await store.read(id)).toMatchObject({ state: 'succeeded', isUntold: true });
    clock.advance(RESEND_MS);
    expect(await store.due(10)).toEqual([id]);
    await jobs.sweep(id);

    expect(ends.told).toEqual(Array(2).fill(`${id} documents.process succeeded -`));
    clock.advance(10 * RESEND_MS);
    expect(await store.due(10)).toEqual([]);
  });

  test('keeps the reason of a refusal when it was told', async () => {
    const { ends, jobs, claimed } = await told(makeStore);
    const { id, token } = await claimed();
    await jobs.cancel('acme', id);

    expect(await jobs.finish(id, token, success)).toMatchObject({ job: { state: 'cancelled' }, refusal: 'cancelled' });

    expect(ends.told).toEqual([`${id} documents.process cancelled -`]);
  });

  test('leaves nothing due where nobody is to be told', async () => {
    const { jobs, store, claimed, clock } = await jobsOver(makeStore);
    const { id, token } = await claimed();
    await jobs.finish(id, token, success);

    clock.advance(10 * RESEND_MS);
    expect(await store.due(10)).toEqual([]);
  });
});

test('a kind names the events of its ends', () => {
  const events = { completed: 'document.completed', failed: 'enrichment.failed' };

  expect(jobKinds([{ name: 'a', events }]).get('a')?.events).toEqual(events);
});

test.each(['Document', 'document', 'document.', 'job.completed', 'a.b c'])('a kind cannot call its end %s', (completed) => {
  expect(() => jobKinds([{ name: 'a', events: { completed } }])).toThrow(
    `a: events.completed must be two to four words with dots, the first not job, got "${completed}"`,
  );
});
