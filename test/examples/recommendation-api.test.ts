import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const service = join(__dirname, '..', '..', 'examples', 'recommendation-api', 'service');
const started: ChildProcess[] = [];
let address: string;

async function start(): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(process.execPath, ['server.mjs'], {
    cwd: service,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(server);
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  return { server, url: `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}` };
}

beforeAll(async () => {
  address = (await start()).url;
});

afterAll(() => {
  for (const server of started) server.kill('SIGKILL');
});

test.each(['/api/health/live', '/api/health/ready'])('REC-1.11 serves %s', async (path) => {
  expect((await fetch(address + path)).status).toBe(200);
});

test('answers a category', async () => {
  const response = await fetch(`${address}/api/categories/mobile-app`);

  expect(await response.json()).toEqual({ id: 'mobile-app', name: 'Mobile App of the Year', group: 'Product' });
});

test.each([
  ['GET', '/api/categories/none', 404, 'no category none; GET /api/categories lists them'],
  ['GET', '/other', 404, 'no route /other'],
  ['POST', '/api/categories', 405, '/api/categories answers GET and HEAD'],
])('answers %s %s with a problem', async (method, path, status, detail) => {
  const response = await fetch(address + path, { method });

  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ status, detail });
});

test('ends by itself when it is stopped', async () => {
  const { server, url } = await start();
  await fetch(`${url}/api/categories`);
  const ended = once(server, 'exit');

  server.kill('SIGTERM');

  expect(await ended).toEqual([0, null]);
});
