import { JobRunner, Jobs, jobKinds, MemoryJobStore, SIGNATURE_HEADER, signCall } from 'plinth-runtime/jobs';
import { systemClock } from 'plinth-runtime/resilience';
import { HttpProcessor } from '../../../lambda/job-worker/processor-http';
import { SentMessages } from '../../runtime/jobs/store';
import { FakeCategories } from './fakes';
import { ready, type Running, startService, stopServices } from './running';

const KEYS = { current: 'k'.repeat(32) };
const environment = { INTERNAL_API_KEY: JSON.stringify(KEYS) };
const CALL = '/internal/jobs/recommend';
const TEXT = 'a team that cut its emissions';
const JSON_TYPE = { 'content-type': 'application/json' };

let api: Running;
let starting: Running;
let keyless: Running;

beforeAll(async () => {
  api = await ready(await startService({ environment, clock: systemClock }));
  const categories = new FakeCategories();
  categories.away = true;
  starting = await startService({ environment, categories, clock: systemClock });
  keyless = await startService({ clock: systemClock });
});
afterAll(stopServices);

const jobOf = (input: unknown) => JSON.stringify({ tenant_id: 'acme', input });

function call(body: string, { headers = {}, now = Date.now(), to = api } = {}): Promise<Response> {
  const signature = signCall({ method: 'POST', target: CALL, body }, KEYS, now);
  return to.request(CALL, { method: 'POST', headers: { ...JSON_TYPE, [SIGNATURE_HEADER]: signature, ...headers }, body });
}

/** What becomes of a job that the worker calls the service for. */
async function worked(input: { readonly [name: string]: string | number }, to = api) {
  const store = new MemoryJobStore(systemClock);
  const jobs = new Jobs({
    store,
    messages: new SentMessages(),
    kinds: jobKinds([{ name: 'recommend', estimateMs: 500, deadlineMs: 60_000 }]),
  });
  const processor = new HttpProcessor({ url: `${to.url}${CALL}`, keys: async () => KEYS, now: Date.now });
  const submitted = await jobs.submit({ tenantId: 'acme', kind: 'recommend', input });
  if (!('job' in submitted)) throw new Error(`the job must be taken, got ${submitted.type}`);
  const { id } = submitted.job;
  const runner = new JobRunner({ jobs, processors: new Map([['recommend', processor]]) });
  const outcome = await runner.run(id, new AbortController().signal);
  return { outcome, job: await store.read(id) };
}

test('CTX-4.3 a job comes to what the route answers', async () => {
  const { recommendations, model } = (await (await api.recommend({ text: TEXT, limit: 4 })).json()) as Record<string, unknown>;
  const { outcome, job } = await worked({ text: TEXT, limit: 4 });

  expect([outcome, job?.result]).toEqual(['succeeded', { recommendations, model }]);
  expect(recommendations).toHaveLength(4);
});

test.each<[string, { [name: string]: string | number }, string]>([
  ['has no text', {}, 'input.text must be a string of 1 to 2000 characters (what to find categories for; not white space alone'],
  ['has white space for text', { text: ' ' }, 'input.text must be'],
  [
    'has a field nobody knows',
    { text: TEXT, language: 'de' },
    'input.language must be left out; known here: text, limit, filter, got "de"',
  ],
])('a job that %s fails for good and says why', async (_what, input, message) => {
  const { outcome, job } = await worked(input);

  expect(outcome).toBe('failed');
  expect(job?.error).toMatchObject({ code: 'invalid-input', message: expect.stringContaining(message) });
});

test.each(['{}', jobOf('text'), '{"tenant_id":"","input":{}}'])('ends a job for good that is %s', async (body) => {
  const answer = await call(body);

  expect([answer.status, await answer.json()]).toEqual([
    200,
    { error: { code: 'invalid-input', message: expect.stringContaining('must be'), retryable: false } },
  ]);
});

test('a job waits for a service that is starting', async () => {
  expect((await worked({ text: TEXT }, starting)).outcome).toBe('retried');
});

test.each<[string, Parameters<typeof call>[1], string]>([
  ['without a signature', { headers: { [SIGNATURE_HEADER]: '' } }, 'malformed'],
  ['with a signature of an hour ago', { now: Date.now() - 3_600_000 }, 'stale'],
  [
    'with a signature of another key',
    { headers: { [SIGNATURE_HEADER]: `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` } },
    'mismatch',
  ],
])('refuses a call %s', async (_what, options, reason) => {
  const answer = await call(jobOf({ text: TEXT }), options);

  expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
  expect(await answer.json()).toMatchObject({ type: 'urn:plinth:problem:call-refused', detail: expect.stringContaining(`is ${reason}`) });
});

test.each<[number, () => Promise<Response>]>([
  [400, () => call('{')],
  [413, () => call(jobOf({ text: 'a'.repeat(70_000) }))],
  [415, () => call('text', { headers: { 'content-type': 'text/plain' } })],
  [422, () => call('[]')],
  [501, () => call(jobOf({ text: TEXT }), { to: keyless })],
  [503, () => call(jobOf({ text: TEXT }), { to: starting })],
])('answers %i as problem+json', async (status, asked) => {
  const answer = await asked();

  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  expect(await answer.json()).toMatchObject({ status, type: expect.stringContaining('urn:plinth:problem:') });
});

test('an internal key that is none ends the start, and is not told', async () => {
  await expect(startService({ environment: { INTERNAL_API_KEY: 'secret' } })).rejects.toThrow(
    'INTERNAL_API_KEY must be JSON with current, and previous if there is one, got something else',
  );
});
