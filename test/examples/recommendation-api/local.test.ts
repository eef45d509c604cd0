import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalPlatform, startLocal } from '../../../cli/src/local';
import { context } from '../../../cdk.json';

const root = join(__dirname, '..', '..', '..');
const assembly = mkdtempSync(join(tmpdir(), 'plinth-example-'));
let platform: LocalPlatform;

beforeAll(async () => {
  const env = { ...process.env, CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_VALIDATION: 'false' };
  execFileSync(process.execPath, [join(root, 'dist', 'bin', 'platform.js')], { cwd: root, env });
  platform = await startLocal({ assembly, stage: 'dev', environment: { PATH: process.env.PATH }, overrides: { METRICS_PORT: '0' } });
}, 120_000);

afterAll(async () => {
  await platform?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

const TEXT = 'an award for kind support of hotel guests';

function recommend(text: string, limit = 3): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${platform.url}/api/recommendations`, { method: 'POST', headers, body: JSON.stringify({ text, limit }) });
}

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

  test('answers a category by its id, and none as problem+json', async () => {
    const { recommendations } = (await (await recommend(TEXT)).json()) as Recommended;
    const known = await fetch(`${platform.url}/api/categories/${recommendations[0].id}`);
    const unknown = await fetch(`${platform.url}/api/categories/none`);

    expect([known.status, await known.json()]).toMatchObject([200, { id: recommendations[0].id }]);
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  test('refuses a body over the limit of its route, and nothing but JSON', async () => {
    const post = (body: string, type = 'application/json') =>
      fetch(`${platform.url}/api/recommendations`, { method: 'POST', headers: { 'content-type': type }, body });

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
