import { randomBytes } from 'node:crypto';
import { jobKinds, JobRunner, Jobs, MemoryJobStore, MemoryResultStore, SIGNATURE_HEADER, signCall } from 'plinth-runtime/jobs';
import { systemClock } from 'plinth-runtime/resilience';
import { jobRoutes } from '../../../api/jobs/job-routes';
import { Router } from '../../../api/shared/router';
import { DOCUMENT_KIND, DocumentJobs } from '../../../examples/contextual-platform/service/document-jobs';
import { HttpProcessor } from '../../../lambda/job-worker/processor-http';
import { SentMessages } from '../../runtime/jobs/store';
import { document, DOCUMENTS, startService, stopServices } from './running';

const KEYS = { current: 'k'.repeat(32) };
const ASYNC = `${DOCUMENTS}?async=true`;
const environment = { INTERNAL_API_KEY: JSON.stringify(KEYS) };

afterEach(stopServices);

/** The service with jobs in memory, the worker that calls it, and the platform's routes of jobs. */
async function asyncService(perTenant = 10) {
  const store = new MemoryJobStore(systemClock);
  const messages = new SentMessages();
  const jobs = new Jobs({ store, messages, kinds: jobKinds([DOCUMENT_KIND]), randomBytes, bounds: { perTenant, global: 100 } });
  const api = await startService({ jobs: new DocumentJobs(jobs), environment });
  const processor = new HttpProcessor({ url: `${api.url}/internal/jobs/documents`, keys: async () => KEYS, now: Date.now });
  const runner = new JobRunner({ jobs, processors: new Map([[DOCUMENT_KIND.name, processor]]) });
  const router = new Router(jobRoutes({ jobs, results: new MemoryResultStore(), cursorKeys: ['key'] }));
  const job = async (id: string, tenantId = 'acme') => {
    const request = { method: 'GET', path: `/v1/jobs/${id}`, query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) };
    const context = { tenantId, keyId: 'k', scopes: ['jobs'], requestId: 'r', signal: new AbortController().signal, clock: systemClock };
    const answer = await router.handle(request, context);
    return { status: answer?.status, body: JSON.parse(String(answer?.body)) };
  };
  const work = () => Promise.all(messages.sent.splice(0).map(({ jobId }) => runner.run(jobId, new AbortController().signal)));
  return { api, jobs, job, work, store };
}

test('CTX-4.1 answers at once with job_id, status queued and estimated_time_ms, and processes nothing yet', async () => {
  const { api } = await asyncService();
  const response = await api.post(ASYNC, { document: document(), webhook_url: 'https://publisher.example.com/webhooks' });
  const body = await response.json();

  expect([response.status, body]).toEqual([
    202,
    {
      job_id: expect.any(String),
      status: 'queued',
      estimated_time_ms: 2_000,
      approximate_queue_position: 1,
      webhook: 'accepted',
    },
  ]);
  expect(response.headers.get('location')).toBe(`/v1/jobs/${(body as { job_id: string }).job_id}`);
  expect(api.documents.writes).toBe(0);
});

test('CTX-4.3 the job tells its status, then its result: document_id, enrichments and processing_time_ms', async () => {
  const { api, job, work } = await asyncService();
  const accepted = (await (await api.post(ASYNC, { document: document() })).json()) as { job_id: string };
  const before = await job(accepted.job_id);
  const outcomes = await work();
  const { body } = await job(accepted.job_id);

  expect([before.body.status, outcomes, body.status]).toEqual(['queued', ['succeeded'], 'succeeded']);
  expect(body.result).toEqual({
    document_id: expect.stringMatching(/^doc_/),
    enrichments: { taxonomies: [{ label: 'Sports', score: 1 }], keywords: expect.any(Array) },
    processing_time_ms: expect.any(Number),
  });
  const stored = await api.request(`${DOCUMENTS}/${body.result.document_id}`);
  expect((await stored.json()) as object).toMatchObject({ enrichments: body.result.enrichments });
});

test("another tenant's job is 404", async () => {
  const { api, job } = await asyncService();
  const { job_id: id } = (await (await api.post(ASYNC, { document: document() })).json()) as { job_id: string };

  expect((await job(id, 'umbrella')).status).toBe(404);
});

test('a job that is done twice stores its document once', async () => {
  const { api, work } = await asyncService();
  await api.post(ASYNC, { document: document() });
  await api.post(ASYNC, { document: document() });
  await work();

  expect([api.documents.rows.size, api.documents.writes]).toEqual([1, 1]);
});

test('a job waits for the database that is away', async () => {
  const { api, work } = await asyncService();
  await api.post(ASYNC, { document: document() });
  api.documents.away = true;

  expect(await work()).toEqual(['retried']);
});

test.each<[string, object, string[]]>([
  [
    'a document with a version that is unknown',
    { document: { features: [{ ...document().features[0], version: 'v9' }] } },
    ['document.features[0].version'],
  ],
  ['a webhook of a private host', { document: document(), webhook_url: 'https://10.0.0.1/hook' }, ['webhook_url']],
  ['both', { document: {}, webhook_url: 'http://a' }, ['document.features', 'webhook_url']],
  ['a document outside its envelope', document(), ['document', 'features']],
  ['a document too large for a job', { document: document('word '.repeat(9_000)) }, ['document']],
])('refuses %s, and queues nothing', async (_, body, fields) => {
  const { api, store } = await asyncService();
  const response = await api.post(ASYNC, body);
  const { errors } = (await response.json()) as { errors: readonly { field: string }[] };

  expect([response.status, errors.map(({ field }) => field)]).toEqual([422, fields]);
  expect((await store.list({ tenantId: 'acme', limit: 10 })).jobs).toEqual([]);
});

test('is 429 with Retry-After past the bound of queued jobs', async () => {
  const { api } = await asyncService(1);
  await api.post(ASYNC, { document: document() });
  const response = await api.post(ASYNC, { document: document() });

  expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
    429,
    '2',
    expect.objectContaining({ type: 'urn:plinth:problem:too-many-queued', detail: expect.stringContaining('at most 1 of') }),
  ]);
});

test('is 501 where no queue is configured, and says what to do', async () => {
  const api = await startService();
  const response = await api.post(ASYNC, { document: document() });

  expect([response.status, await response.json()]).toEqual([
    501,
    expect.objectContaining({
      type: 'urn:plinth:problem:async-not-configured',
      detail: 'JOB_TABLE and JOB_QUEUE_URL must be set for async=true, got neither; send the document without it',
    }),
  ]);
});

const CALL = '/internal/jobs/documents';
const call = JSON.stringify({ tenant_id: 'acme', input: { collection_id: 'news', document: document() } });
const signed = (body: string, now = Date.now()) => ({ [SIGNATURE_HEADER]: signCall({ method: 'POST', target: CALL, body }, KEYS, now) });

test.each<[string, () => Record<string, string>, string]>([
  ['without a signature', () => ({}), 'missing'],
  ['with a signature of another body', () => signed('{}'), 'mismatch'],
  ['with a signature of an hour ago', () => signed(call, Date.now() - 3_600_000), 'stale'],
])('refuses a call of a worker %s', async (_, headers, reason) => {
  const { api } = await asyncService();
  const response = await api.request(CALL, { method: 'POST', headers: { 'content-type': 'application/json', ...headers() }, body: call });

  expect([response.status, await response.json()]).toEqual([
    401,
    expect.objectContaining({ detail: expect.stringContaining(`is ${reason}`) }),
  ]);
  expect(api.documents.writes).toBe(0);
});

test('ends a job for good whose document this version does not take', async () => {
  const { api } = await asyncService();
  const body = call.replace('v2.1', 'v0.1');
  const response = await api.request(CALL, { method: 'POST', headers: { 'content-type': 'application/json', ...signed(body) }, body });

  expect([response.status, await response.json()]).toEqual([
    200,
    {
      error: {
        code: 'invalid-document',
        message: expect.stringContaining('document.features[0].version must be one of'),
        retryable: false,
      },
    },
  ]);
});

test('takes no call of a worker where no key is configured', async () => {
  const api = await startService();
  const response = await api.request(CALL, { method: 'POST', headers: { 'content-type': 'application/json' }, body: call });

  expect(response.status).toBe(501);
});
