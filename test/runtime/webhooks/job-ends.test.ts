import { type Job, jobKinds, Jobs, MemoryJobStore } from 'plinth-runtime/jobs';
import { WebhookEndpoints, WebhookJobEnds } from 'plinth-runtime/webhooks';
import { plainSealer, world } from './world';

const URL = 'https://hooks.example.com/jobs/done';
const EVENTS = { completed: 'document.completed', failed: 'enrichment.failed' };
const RESULT = { document_id: 'd-1', enrichments: { language: 'en' }, status: 'theirs' };

/** Jobs whose ends are told by webhooks. */
function telling() {
  const all = world();
  const { webhooks, clock } = all;
  const endpoints = new WebhookEndpoints({ webhooks, sealer: plainSealer });
  const ends = new WebhookJobEnds({ webhooks, endpoints });
  const kinds = jobKinds([{ name: 'documents.process', events: EVENTS, maxAttempts: 1 }, { name: 'reports.make' }]);
  const jobs = new Jobs({ store: new MemoryJobStore(clock), messages: { send: async () => {} }, kinds, ends, clock });
  const submit = async (fields: object = {}): Promise<Job> => {
    const submitted = await jobs.submit({ tenantId: 'acme', kind: 'documents.process', input: {}, ...fields });
    if (submitted.type !== 'created') throw new Error(`a job must be made, got ${submitted.type}`);
    return submitted.job;
  };
  const run = async (outcome: Parameters<Jobs['finish']>[2], fields: object = {}): Promise<Job> => {
    const { id } = await submit(fields);
    const token = (await jobs.claim(id)).job?.lease?.token ?? '';
    await clock.advance(1500);
    const { job } = await jobs.finish(id, token, outcome);
    await all.work();
    return job!;
  };
  const bodies = () => all.receiver.got.map(({ url, body }) => ({ url, ...JSON.parse(body.toString()) }));
  return { ...all, endpoints, ends, jobs, kinds, submit, run, bodies };
}

describe("a job's webhook_url", () => {
  test('CTX-4.2 is posted the end once, with job_id, status, document_id, enrichments and processing_time_ms', async () => {
    const { run, bodies } = telling();

    const { id } = await run({ type: 'succeeded', result: RESULT }, { webhookUrl: URL });

    expect(bodies()).toEqual([
      {
        url: URL,
        type: 'document.completed',
        timestamp: '2026-01-01T00:00:01.500Z',
        job_id: id,
        status: 'completed',
        kind: 'documents.process',
        processing_time_ms: 1500,
        document_id: 'd-1',
        enrichments: { language: 'en' },
      },
    ]);
  });

  test('CTX-4.2 is posted a failure with its error', async () => {
    const { run, bodies } = telling();
    const error = { code: 'unreadable', message: 'the document has no text' };
    await run({ type: 'failed', error }, { webhookUrl: URL });
    expect(bodies()).toMatchObject([{ url: URL, type: 'enrichment.failed', status: 'failed', error }]);
  });

  test('CTX-4.2 is posted job.completed where the kind has no event of its own, and a result that is no object as it is', async () => {
    const { run, bodies } = telling();
    await run({ type: 'succeeded', result: [1, 2] }, { webhookUrl: URL, kind: 'reports.make' });
    expect(bodies()).toMatchObject([{ type: 'job.completed', result: [1, 2] }]);
  });

  test('CTX-4.2 is told where a result lies that is too large', async () => {
    const { run, bodies } = telling();
    const { id } = await run({ type: 'succeeded', resultRef: 'acme/large' }, { webhookUrl: URL });
    expect(bodies()[0]).toMatchObject({ status: 'completed', result_url: `/v1/jobs/${id}/result` });
  });

  test('CTX-4.2 is posted a job that was cancelled', async () => {
    const { submit, jobs, work, bodies } = telling();
    const { id } = await submit({ webhookUrl: URL });
    await jobs.cancel('acme', id);
    await work();
    expect(bodies()).toMatchObject([{ type: 'job.cancelled', status: 'cancelled', job_id: id, processing_time_ms: 0 }]);
  });

  test('CTX-4.2 is posted once however often the end is told', async () => {
    const { run, ends, kinds, work, bodies } = telling();
    const job = await run({ type: 'succeeded', result: RESULT }, { webhookUrl: URL });
    for (let nth = 0; nth < 3; nth += 1) await ends.tell(job, kinds.get('documents.process')!);
    await work();
    expect(bodies()).toHaveLength(1);
  });

  test('CTX-4.2 is the registered endpoint of exactly this URL, with its own secret', async () => {
    const { run, endpoints, bodies, receiver } = telling();
    const created = await endpoints.create('acme', { url: URL, events: ['other.event'], headers: { 'x-team': 'search' } });
    await run({ type: 'succeeded', result: RESULT }, { webhookUrl: URL });
    expect(created.type).toBe('created');
    expect(bodies()).toHaveLength(1);
    expect(receiver.got[0].headers['x-team']).toBe('search');
    expect(await endpoints.list('acme', { withImplicit: true })).toHaveLength(1);
  });

  test('CTX-4.2 is not posted what its endpoint subscribed to twice', async () => {
    const { run, endpoints, bodies } = telling();
    await endpoints.create('acme', { url: URL, events: ['document.*'] });
    await run({ type: 'succeeded', result: RESULT }, { webhookUrl: URL });
    expect(bodies()).toMatchObject([{ type: 'document.completed' }]);
  });
});

test('CTX-4.2 a webhook_url is posted the end though it is registered while that is told', async () => {
  const { run, endpoints, bodies } = telling();
  const targetFor = endpoints.targetFor.bind(endpoints);
  endpoints.targetFor = async (...given) => {
    await endpoints.create('acme', { url: URL, events: ['*'] });
    return targetFor(...given);
  };
  await run({ type: 'succeeded', result: RESULT }, { webhookUrl: URL });
  expect(bodies()).toMatchObject([{ url: URL, type: 'document.completed' }]);
});

describe('the end of a job', () => {
  test('is told to its webhook_url though somebody edited the events of its implicit endpoint', async () => {
    const { run, endpoints, bodies } = telling();
    const { endpointId } = await endpoints.targetFor('acme', URL);
    await endpoints.update('acme', endpointId, { events: ['*'] });
    await run({ type: 'succeeded', result: RESULT }, { webhookUrl: URL });
    expect(bodies()).toMatchObject([{ url: URL, type: 'document.completed' }]);
  });

  test('is told to whoever subscribed, by both of its names', async () => {
    const { run, endpoints, bodies } = telling();
    await endpoints.create('acme', { url: 'https://a.example.com/', events: ['*'] });
    await endpoints.create('globex', { url: 'https://b.example.com/', events: ['*'] });
    await run({ type: 'succeeded', result: RESULT });
    expect(bodies().map(({ url, type }) => [url, type])).toEqual([
      ['https://a.example.com/', 'job.completed'],
      ['https://a.example.com/', 'document.completed'],
    ]);
  });

  test('writes nothing where nobody subscribed, and is told to who registered just before the next', async () => {
    const { submit, jobs, endpoints, store, hints, work, bodies } = telling();
    await endpoints.create('acme', { url: 'https://a.example.com/', events: ['page.*'] });
    await endpoints.create('globex', { url: 'https://b.example.com/', events: ['*'] });
    const create = jest.spyOn(store.messages, 'create');
    const end = async () => {
      const { id } = await submit();
      await jobs.finish(id, (await jobs.claim(id)).job?.lease?.token ?? '', { type: 'succeeded', result: RESULT });
    };

    await end();
    expect([create.mock.calls, hints.sent]).toEqual([[], []]);
    await endpoints.create('acme', { url: 'https://c.example.com/', events: ['document.completed'] });
    await end();
    await work();

    expect(create).toHaveBeenCalledTimes(1);
    expect(bodies()).toMatchObject([{ url: 'https://c.example.com/', type: 'document.completed' }]);
  });

  test('is a failure where its time ran out', async () => {
    const { submit, endpoints, jobs, clock, work, bodies } = telling();
    await endpoints.create('acme', { url: 'https://a.example.com/', events: ['job.*'] });
    const { id } = await submit({ deadlineMs: 1000 });
    await clock.advance(2000);
    await jobs.sweep(id);
    await work();
    expect(bodies()).toMatchObject([{ type: 'job.failed', status: 'failed', error: { code: expect.any(String) } }]);
  });
});

describe('an implicit endpoint', () => {
  test('is one of a tenant and origin, is kept on by its use, and its secret can be read', async () => {
    const { endpoints, clock, webhooks } = telling();
    const DAY_MS = 86_400_000;
    const first = await endpoints.targetFor('acme', 'https://hooks.example.com/a');
    const again = await endpoints.targetFor('acme', 'https://hooks.example.com/b');
    const other = await endpoints.targetFor('globex', 'https://hooks.example.com/a');
    expect([again.endpointId, again.url]).toEqual([first.endpointId, 'https://hooks.example.com/b']);
    expect(other.endpointId).not.toBe(first.endpointId);

    await clock.advance(50 * DAY_MS);
    await endpoints.targetFor('acme', 'https://hooks.example.com/a');
    await clock.advance(89 * DAY_MS);

    const kept = await endpoints.get('acme', first.endpointId);
    expect(kept).toMatchObject({ isImplicit: true, events: [] });
    expect(await endpoints.secrets(kept!)).toMatchObject([{ secret: expect.stringMatching(/^whsec_/) }]);
    expect((await endpoints.keySet(first.endpointId))?.keys).toHaveLength(1);
    expect(await endpoints.get('globex', other.endpointId)).toBeUndefined();
    expect(await webhooks.context.store.endpoints.list('acme')).toEqual([]);
  });

  test('is one of the first 200 origins of a tenant, or shared by all others, so that no list of endpoints grows for ever', async () => {
    const { endpoints } = telling();
    const idOf = async (nth: number, tenantId = 'acme') =>
      (await endpoints.targetFor(tenantId, `https://h${nth}.example.com/a`)).endpointId;
    const ids = new Set<string>();
    for (let nth = 0; nth < 210; nth += 1) ids.add(await idOf(nth));

    expect(ids.size).toBe(201);
    expect(await endpoints.list('acme', { withImplicit: true })).toHaveLength(201);
    expect(await idOf(205)).toBe(await idOf(209));
    expect(await idOf(7)).not.toBe(await idOf(8));
    expect((await endpoints.targetFor('acme', 'https://h209.example.com/a')).url).toBe('https://h209.example.com/a');
    expect(await idOf(209, 'globex')).not.toBe(await idOf(209));
  });
});
