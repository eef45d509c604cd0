import * as fc from 'fast-check';
import { jobsApi } from './api';

const success = { type: 'succeeded', result: { pages: 3 } } as const;

async function claimedJob() {
  const api = jobsApi();
  const id = await api.submit();
  const { job } = await api.jobs.claim(id);
  return { ...api, id, token: job!.lease!.token };
}

describe('GET /v1/jobs/{id}', () => {
  test('CTX-4.3 tells status and result', async () => {
    const { send, jobs, id, token, clock } = await claimedJob();
    await jobs.heartbeat(id, token, { progress: 50, stage: 'reading' });
    expect((await send(`/v1/jobs/${id}`)).json).toMatchObject({
      job_id: id,
      status: 'running',
      progress: 50,
      stage: 'reading',
      attempt: 1,
    });
    clock.advance(1500);
    await jobs.finish(id, token, success);

    const { json } = await send(`/v1/jobs/${id}`);

    expect(json).toMatchObject({ status: 'succeeded', progress: 100, result: { pages: 3 }, processing_time_ms: 1500 });
    expect(json.finished_at).toBe(new Date(clock.now()).toISOString());
  });

  test('tells the error of a failed job', async () => {
    const { send, jobs, id, token } = await claimedJob();
    await jobs.fail(id, token, { code: 'bad-page', message: 'page 1 is no page', retryable: false });
    expect((await send(`/v1/jobs/${id}`)).json).toMatchObject({
      status: 'failed',
      error: { code: 'bad-page', message: 'page 1 is no page' },
    });
  });

  test('answers 304 while nothing changed, for a key that may only read too', async () => {
    const { send, jobs, id, token } = await claimedJob();
    const etag = (await send(`/v1/jobs/${id}`)).headers.etag;
    const known = { headers: { 'if-none-match': `"other", W/${etag}` }, scopes: ['read'] };

    expect(await send(`/v1/jobs/${id}`, known)).toMatchObject({ status: 304, headers: { etag }, body: '' });
    await jobs.heartbeat(id, token, { progress: 1 });
    expect((await send(`/v1/jobs/${id}`, known)).status).toBe(200);
  });

  test.each(['job_00000000000000000000000000', 'nonsense', '%2e%2f'])('answers 404 for %j', async (id) => {
    expect(await jobsApi().send(`/v1/jobs/${id}`)).toMatchObject({ status: 404, json: { type: 'urn:plinth:problem:job-not-found' } });
  });

  test("answers 404 for another tenant's job, on every route", async () => {
    const { send, id } = await claimedJob();
    const other = { tenantId: 'globex' };
    expect((await send(`/v1/jobs/${id}`, other)).status).toBe(404);
    expect((await send(`/v1/jobs/${id}/result`, other)).status).toBe(404);
    expect((await send(`/v1/jobs/${id}/cancel`, { ...other, method: 'POST' })).status).toBe(404);
    expect((await send('/v1/jobs', other)).json.jobs).toEqual([]);
  });

  test('answers a HEAD without the body', async () => {
    const { send, id } = await claimedJob();
    expect(await send(`/v1/jobs/${id}`, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test.each(['-1', '20001', '1.5', '', 'x'])('refuses wait_ms=%s', async (given) => {
    const { send, id } = await claimedJob();
    expect(await send(`/v1/jobs/${id}?wait_ms=${given}`)).toMatchObject({
      status: 400,
      json: { errors: [{ field: 'wait_ms', given: JSON.stringify(given), allowed: 'a whole number from 0 to 20000' }] },
    });
  });
});

describe('waiting for a change', () => {
  /** Lets what waits on promises only go on. */
  const settle = () => new Promise(setImmediate);

  test('answers within two seconds of a change', async () => {
    const { send, jobs, id, token, clock } = await claimedJob();
    const answer = send(`/v1/jobs/${id}?wait_ms=20000`);
    for (let passed = 0; passed < 10_000; passed += 100) {
      await settle();
      clock.advance(100);
    }
    await jobs.finish(id, token, success);
    await settle();
    clock.advance(2000);

    expect((await answer).json).toMatchObject({ status: 'succeeded' });
  });

  test('reads ever less often', async () => {
    const { send, store, id, clock } = await claimedJob();
    const read = jest.spyOn(store, 'read');
    const answer = send(`/v1/jobs/${id}?wait_ms=20000`);
    for (let passed = 0; passed <= 20_000; passed += 50) {
      await settle();
      clock.advance(50);
    }

    expect((await answer).json.status).toBe('running');
    expect(read.mock.calls.length).toBeLessThanOrEqual(20);
  });

  test('answers 304 when time is up and the caller knows the job as it is', async () => {
    const { send, id, clock } = await claimedJob();
    const etag = (await send(`/v1/jobs/${id}`)).headers.etag;
    const answer = send(`/v1/jobs/${id}?wait_ms=100`, { headers: { 'if-none-match': etag } });
    await settle();
    clock.advance(100);

    expect((await answer).status).toBe(304);
  });

  test('does not wait for a final job, nor when the caller knows an older one', async () => {
    const { send, jobs, id, token } = await claimedJob();
    expect((await send(`/v1/jobs/${id}?wait_ms=20000`, { headers: { 'if-none-match': '"old"' } })).status).toBe(200);
    await jobs.finish(id, token, success);
    expect((await send(`/v1/jobs/${id}?wait_ms=20000`)).json.status).toBe('succeeded');
  });

  test('ends when the caller leaves', async () => {
    const { send, id } = await claimedJob();
    const client = new AbortController();
    const answer = send(`/v1/jobs/${id}?wait_ms=20000`, { signal: client.signal });
    await settle();
    client.abort();

    expect((await answer).json.status).toBe('running');
  });
});

describe('GET /v1/jobs/{id}/result', () => {
  test('gives a result that lies elsewhere', async () => {
    const { send, jobs, results, id, token } = await claimedJob();
    const json = JSON.stringify({ text: 'x'.repeat(40_000) });
    await jobs.finish(id, token, { type: 'succeeded', resultRef: await results.write({ tenantId: 'acme', jobId: id, token }, json) });

    expect((await send(`/v1/jobs/${id}`)).json.result_url).toBe(`/v1/jobs/${id}/result`);
    expect(await send(`/v1/jobs/${id}/result`)).toMatchObject({ status: 200, body: json });
  });

  test('answers 404 where there is none', async () => {
    const { send, id } = await claimedJob();
    expect(await send(`/v1/jobs/${id}/result`)).toMatchObject({ status: 404, json: { type: 'urn:plinth:problem:result-not-found' } });
  });
});

describe('GET /v1/jobs', () => {
  const many = async (count: number) => {
    const api = jobsApi();
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) {
      ids.unshift(await api.submit());
      api.clock.advance(1);
    }
    return { ...api, ids };
  };
  const idsOf = (json: { jobs: { job_id: string }[] }) => json.jobs.map((job) => job.job_id);

  test('pages with a cursor, newest first', async () => {
    const { send, ids } = await many(5);
    const first = (await send('/v1/jobs?limit=3')).json;
    const second = (await send(`/v1/jobs?limit=3&cursor=${first.next_cursor}`)).json;

    expect([idsOf(first), idsOf(second)]).toEqual([ids.slice(0, 3), ids.slice(3)]);
    expect(second.next_cursor).toBeUndefined();
  });

  test('filters by kind and status', async () => {
    const { send, submit, jobs } = jobsApi();
    const id = await submit({ kind: 'reports.make' });
    await submit();
    await jobs.claim(id);
    expect(idsOf((await send('/v1/jobs?kind=reports.make&status=running')).json)).toEqual([id]);
    expect(idsOf((await send('/v1/jobs?kind=reports.make&status=queued')).json)).toEqual([]);
  });

  test('refuses a cursor of another tenant, of other filters, and one that was changed', async () => {
    const { send } = await many(3);
    const { next_cursor: cursor } = (await send('/v1/jobs?limit=1')).json;
    const refused = { status: 400, json: { errors: [{ field: 'cursor', allowed: 'a next_cursor of the same list, unchanged' }] } };

    expect(await send(`/v1/jobs?cursor=${cursor}`, { tenantId: 'globex' })).toMatchObject(refused);
    expect(await send(`/v1/jobs?cursor=${cursor}&status=queued`)).toMatchObject(refused);
    await fc.assert(
      fc.asyncProperty(fc.nat(cursor.length - 1), fc.constantFrom('A', 'z', '-', '0'), async (at, letter) => {
        const changed = `${cursor.slice(0, at)}${letter}${cursor.slice(at + 1)}`;
        expect(await send(`/v1/jobs?cursor=${changed === cursor ? `${cursor}A` : changed}`)).toMatchObject(refused);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  test('names every bad parameter', async () => {
    const { send } = jobsApi();
    const { status, json } = await send('/v1/jobs?kind=x&status=done&limit=0&cursor=&sort=a&limit=3');
    expect(status).toBe(400);
    expect(json.errors).toEqual([
      { field: 'limit', given: '2 times', allowed: 'once' },
      { field: 'sort', given: '"a"', allowed: 'no parameter but kind, status, cursor, limit' },
      { field: 'limit', given: '"0"', allowed: 'a whole number from 1 to 100' },
      { field: 'kind', given: '"x"', allowed: 'one of documents.process, reports.make' },
      { field: 'status', given: '"done"', allowed: 'one of queued, running, succeeded, failed, cancelled, expired' },
      { field: 'cursor', given: '""', allowed: 'a next_cursor of the same list, unchanged' },
    ]);
  });
});

describe('POST /v1/jobs/{id}/cancel', () => {
  test('cancels a queued job at once, and again', async () => {
    const { send, submit } = jobsApi();
    const id = await submit();
    expect(await send(`/v1/jobs/${id}/cancel`, { method: 'POST' })).toMatchObject({ status: 200, json: { status: 'cancelled' } });
    expect((await send(`/v1/jobs/${id}/cancel`, { method: 'POST' })).status).toBe(200);
  });

  test('asks a running one to stop', async () => {
    const { send, id } = await claimedJob();
    expect(await send(`/v1/jobs/${id}/cancel`, { method: 'POST' })).toMatchObject({
      status: 202,
      json: { status: 'running', cancel_requested: true },
    });
  });

  test('answers 409 for one that ended otherwise, 400 for a body', async () => {
    const { send, jobs, id, token } = await claimedJob();
    await jobs.finish(id, token, success);
    expect(await send(`/v1/jobs/${id}/cancel`, { method: 'POST' })).toMatchObject({
      status: 409,
      json: { type: 'urn:plinth:problem:job-finished', detail: 'the job is succeeded; only queued and running jobs can be cancelled' },
    });
    expect(await send(`/v1/jobs/${id}/cancel`, { body: {} })).toMatchObject({ status: 400, json: { errors: [{ field: 'body' }] } });
  });
});

test('answers 405 with what is allowed, and leaves other paths to others', async () => {
  const { send, router } = jobsApi();
  expect(await send('/v1/jobs', { method: 'DELETE' })).toMatchObject({ status: 405, headers: { allow: 'POST, GET' } });
  expect(await send('/v1/jobs/batch')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  expect(router.maxBodyBytes('/v1/jobs')).toBe(65_536);
  expect(router.maxBodyBytes('/v1/jobs/')).toBeUndefined();
  expect(router.maxBodyBytes('/v1/documents')).toBeUndefined();
});
