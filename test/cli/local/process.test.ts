import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { gone, isAlive, LocalProcess, synthesizeApi, temporaryFolder } from './support';

const assembly = temporaryFolder();

beforeAll(() => {
  synthesizeApi(assembly);
});

async function start(...words: readonly string[]): Promise<{ local: LocalProcess; url: string; pid: number }> {
  const local = LocalProcess.start(assembly, '--port', '0', ...words);
  const url = await local.ready();
  const { pid } = (await (await fetch(`${url}/api/given`)).json()) as { pid: number };
  return { local, url, pid };
}

test.each(['SIGTERM', 'SIGINT'] as const)('exits 0 on %s and leaves no process', async (signal) => {
  const { local, url, pid } = await start();

  local.process.kill(signal);

  expect(await local.exited).toBe(0);
  expect(isAlive(pid)).toBe(false);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('finishes what is in flight, then tells gateway and app to stop in that order', async () => {
  const { local, url, pid } = await start();
  const answer = fetch(`${url}/api/slow`);
  await local.line(/holds a request/);

  local.process.kill('SIGTERM');
  await local.line(/"draining"/);
  process.kill(pid, 'SIGUSR2');

  expect(await (await answer).json()).toEqual({ answered: true });
  expect(await local.exited).toBe(0);
  const order = local.lines.flatMap((line) => /"(drained|app told to stop)"/.exec(line)?.[1] ?? []);
  expect(order).toEqual(['drained', 'app told to stop']);
});

test('ends at once when it is told to stop a second time', async () => {
  const { local, url, pid } = await start();
  const answer = fetch(`${url}/api/slow`);
  await local.line(/holds a request/);

  local.process.kill('SIGTERM');
  await local.line(/"draining"/);
  local.process.kill('SIGTERM');

  expect(await local.exited).toBe(0);
  expect(isAlive(pid)).toBe(false);
  expect((await answer).status).toBe(502);
});

test('exits 1 with the last lines of an app that crashes, and takes the rest down', async () => {
  const { local, url } = await start();

  await fetch(`${url}/api/crash`).catch(() => undefined);

  expect(await local.exited).toBe(1);
  expect(local.lines.join('\n')).toContain('failed: app ended by itself with exit code 7; its last lines:');
  expect(local.lines.at(-1)).toBe('the app gives up');
});

test('leaves no process when it is killed itself', async () => {
  const { local, pid } = await start();

  local.process.kill('SIGKILL');

  await gone(pid);
  expect(isAlive(pid)).toBe(false);
});

test('exits 2 when its port is taken, and says what to change', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;

  const local = LocalProcess.start(assembly, '--port', String(port));

  expect(await local.exited).toBe(2);
  expect(local.errors).toEqual([
    `plinth local: port must be free, got ${port}, and another process listens on it; give another by --port or PORT`,
  ]);
  expect(local.lines).toEqual([]);
  taken.close();
});

test('exits 2 for a stage that the assembly does not have', async () => {
  const local = LocalProcess.start(assembly, '--stage', 'moon');

  expect(await local.exited).toBe(2);
  expect(local.errors).toEqual(['plinth local: --stage must be one of app, got moon; name one of them']);
});

test('tells events as JSON, log lines whole', async () => {
  const local = LocalProcess.start(assembly, '--port', '0', '--json');
  await local.line(/"event":"ready"/);
  local.process.kill('SIGTERM');
  await local.exited;

  const events = local.lines.map((line) => JSON.parse(line) as { event: string; container?: string; line?: string });
  expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['stage', 'runs', 'absent', 'ready', 'log']));
  expect(events).toContainEqual({ event: 'log', container: 'app', line: '{"level":"INFO","message":"up","spaced":"a  b"}' });
});
