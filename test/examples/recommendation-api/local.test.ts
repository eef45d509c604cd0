import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalEvent, type LocalPlatform, startLocal } from '../../../cli/src/local';
import { context } from '../../../cdk.json';

const root = join(__dirname, '..', '..', '..');
const assembly = mkdtempSync(join(tmpdir(), 'plinth-example-'));
const events: LocalEvent[] = [];
let platform: LocalPlatform;

beforeAll(async () => {
  const env = { ...process.env, CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_VALIDATION: 'false' };
  execFileSync(process.execPath, [join(root, 'dist', 'bin', 'platform.js')], { cwd: root, env });
  platform = await startLocal({
    assembly,
    stage: 'dev',
    environment: { PATH: process.env.PATH },
    overrides: { METRICS_PORT: '0' },
    tell: (event) => void events.push(event),
  });
}, 120_000);

afterAll(async () => {
  await platform?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

/** What the local run's table of keys knows. */
const KEY = { 'x-api-key': 'local' };
const TEXT = 'an award for kind support of hotel guests';

function recommend(text: string, limit = 3): Promise<Response> {
  const headers = { ...KEY, 'content-type': 'application/json' };
  return fetch(`${platform.url}/api/recommendations`, { method: 'POST', headers, body: JSON.stringify({ text, limit }) });
}

function submit(job: object): Promise<Response> {
  const headers = { ...KEY, 'content-type': 'application/json' };
  return fetch(`${platform.url}/v1/jobs`, { method: 'POST', headers, body: JSON.stringify(job) });
}

/** A job once it has ended: each question waits until something of it changes. */
async function ended(id: string): Promise<{ readonly status: string; readonly [field: string]: unknown }> {
  for (;;) {
    const answer = await fetch(`${platform.url}/v1/jobs/${id}?wait_ms=10000`, { headers: KEY });
    const job = (await answer.json()) as { readonly status: string };
    if (answer.status !== 200 || !['queued', 'running'].includes(job.status)) return job;
  }
}

test('calls both sweepers by the clock, and has the key that they seal with', () => {
  const told = JSON.stringify(events);

  expect(told).toMatch(/TierJobsSweeper\w+ by the clock, every 1 min/);
  expect(told).toMatch(/TierWebhooksSweeper\w+ by the clock, every 1 min/);
  expect(told).not.toMatch(/(names|needs) AWS::KMS::Key/);
});

interface Recommended {
  readonly recommendations: readonly { readonly id: string; readonly name: string; readonly score: number }[];
}

describe('the recommendation API as its template wires it', () => {
  test('REC-2.3 ranks the categories that the bootstrap made room for, nearest first', async () => {
    const answer = await recommend(TEXT);
    const { recommendations } = (await answer.json()) as Recommended;

    expect([answer.status, answer.headers.get('x-cache')]).toEqual([200, 'MISS']);
    expect(recommendations).toHaveLength(3);
    expect(recommendations.map(({ score }) => score)).toEqual(recommendations.map(({ score }) => score).toSorted((a, b) => b - a));
    expect(recommendations.some(({ name }) => name.includes('Hotels'))).toBe(true);
  });

  test('REC-3.8 answers the same question again from the cache', async () => {
    await (await recommend(TEXT)).arrayBuffer();
    const again = await recommend(TEXT);

    expect(again.headers.get('x-cache')).toBe('HIT');
    expect(((await again.json()) as Recommended).recommendations).toHaveLength(3);
  });

  test('REC-1.11 is ready behind the gateway, with what it depends on', async () => {
    const ready = await fetch(`${platform.url}/api/health/ready`);

    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
  });

  test('CTX-1.4 asks for a key, but not for the document and the list of categories', async () => {
    const statuses = await Promise.all(
      ['/api/categories/none', '/api/categories', '/api/openapi.json', '/v1/jobs'].map(
        async (path) => (await fetch(platform.url + path)).status,
      ),
    );

    expect(statuses).toEqual([401, 200, 200, 401]);
  });

  test('CTX-4.1 CTX-4.3 queues a recommendation, works it by the worker of the template, and tells what came of it', async () => {
    const submitted = await submit({ kind: 'recommend', input: { text: TEXT, limit: 3 } });
    const { job_id: id, status } = (await submitted.json()) as { readonly job_id: string; readonly status: string };
    const job = await ended(id);
    const { recommendations } = (await (await recommend(TEXT)).json()) as Recommended;

    expect([submitted.status, status, submitted.headers.get('location')]).toEqual([202, 'queued', `/v1/jobs/${id}`]);
    expect(job).toMatchObject({ status: 'succeeded', result: { recommendations } });
    expect(recommendations).toHaveLength(3);
  });

  test('a job with an input that the service does not take fails once and says why', async () => {
    const { job_id: id } = (await (await submit({ kind: 'recommend', input: {} })).json()) as { readonly job_id: string };

    expect(await ended(id)).toMatchObject({
      status: 'failed',
      error: { code: 'invalid-input', message: expect.stringContaining('input.text must be a string of 1 to 2000 characters') },
    });
  });

  test('takes no call on the path of the worker that is not signed, whatever key it has', async () => {
    const headers = { ...KEY, 'content-type': 'application/json' };
    const body = JSON.stringify({ tenant_id: 'local', input: { text: TEXT } });
    const answer = await fetch(`${platform.url}/internal/jobs/recommend`, { method: 'POST', headers, body });

    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ type: 'urn:plinth:problem:call-refused' });
  });

  test('answers a category by its id, and none as problem+json', async () => {
    const { recommendations } = (await (await recommend(TEXT)).json()) as Recommended;
    const known = await fetch(`${platform.url}/api/categories/${recommendations[0].id}`, { headers: KEY });
    const unknown = await fetch(`${platform.url}/api/categories/none`, { headers: KEY });

    expect([known.status, await known.json()]).toMatchObject([200, { id: recommendations[0].id }]);
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  test('refuses a body over the limit of its route, and nothing but JSON', async () => {
    const post = (body: string, type = 'application/json') =>
      fetch(`${platform.url}/api/recommendations`, { method: 'POST', headers: { ...KEY, 'content-type': type }, body });

    expect((await post(JSON.stringify({ text: 'a'.repeat(70_000) }))).status).toBe(413);
    expect((await post('text=a', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await post('{"text":')).status).toBe(400);
  });

  /** The full form: npm run bench:load, 500 a second for a minute. */
  test('REC-12.2 answers 100 requests a second, four of five from the cache, without an error', async () => {
    const popular = Array.from({ length: 20 }, (_, at) => `an award that many ask for, number ${at}`);
    await Promise.all(popular.map(async (text) => (await recommend(text)).arrayBuffer()));
    const startedAt = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, at) => {
        await new Promise((resolve) => setTimeout(resolve, at * 10));
        const answer = await recommend(at % 5 === 0 ? `an award that nobody asked for yet, number ${at}` : popular[at % popular.length]);
        await answer.arrayBuffer();
        return { status: answer.status, cache: answer.headers.get('x-cache') };
      }),
    );

    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.filter(({ cache }) => cache === 'HIT').length / answers.length).toBeCloseTo(0.8, 1);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
