import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { synthesizeQueue } from './queue-stack';
import { gone, isAlive, LocalProcess, synthesizeApi, temporaryFolder } from './support';

const folder = temporaryFolder();
const [api, queue] = [join(folder, 'api'), join(folder, 'queue')];

interface Started {
  readonly local: LocalProcess;
  readonly url: string;
  readonly pid: number;
  readonly environment: { readonly [name: string]: string };
}

/** Runs that are brought up side by side: each is ended in another way. */
const runs: { [name: string]: Promise<Started> } = {};

beforeAll(async () => {
  synthesizeApi(api);
  synthesizeQueue(queue);
  Object.assign(runs, { json: start(api, '--json'), twice: start(api), crashing: start(queue), killed: start(queue) });
  await Promise.all(Object.values(runs));
}, 60_000);

async function start(assembly: string, ...words: readonly string[]): Promise<Started> {
  const local = LocalProcess.start(assembly, '--port', '0', ...words);
  const line = await local.line(/^ready: |"event":"ready"/);
  const [url] = /http:[^"\s]+/.exec(line)!;
  return { local, url, ...((await (await fetch(`${url}/api/given`)).json()) as Pick<Started, 'pid' | 'environment'>) };
}

test('exits 0 on SIGTERM: finishes what is in flight, then tells gateway and app to stop, and leaves no process', async () => {
  const { local, url, pid } = await runs.json;
  const answer = fetch(`${url}/api/slow`);
  await local.line(/holds a request/);

  local.process.kill('SIGTERM');
  await local.line(/draining/);
  process.kill(pid, 'SIGUSR2');

  expect(await (await answer).json()).toEqual({ answered: true });
  expect(await local.exited).toBe(0);
  const order = local.lines.flatMap((line) => /\\"(drained|app told to stop)\\"/.exec(line)?.[1] ?? []);
  expect(order).toEqual(['drained', 'app told to stop']);
  expect(isAlive(pid)).toBe(false);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('tells events as JSON, log lines whole', async () => {
  const { local } = await runs.json;

  const events = local.lines.map((line) => JSON.parse(line) as { event: string; container?: string; line?: string });
  expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['stage', 'runs', 'absent', 'ready', 'log']));
  expect(events).toContainEqual({ event: 'log', container: 'app', line: '{"level":"INFO","message":"up","spaced":"a  b"}' });
});

test('ends at once when it is told to stop a second time, by SIGINT', async () => {
  const { local, url, pid } = await runs.twice;
  const answer = fetch(`${url}/api/slow`);
  await local.line(/holds a request/);

  local.process.kill('SIGINT');
  await local.line(/"draining"/);
  local.process.kill('SIGINT');

  expect(await local.exited).toBe(0);
  expect(isAlive(pid)).toBe(false);
  // On a connection of its own it broke off; on one that a health check left it is tried once more, and nobody listens.
  expect([502, 503]).toContain((await answer).status);
});

/** Has the worker of the queue begin, and tells where it runs. */
async function work({ local, environment }: Started): Promise<number> {
  await fetch(environment.AWS_ENDPOINT_URL_SQS, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
    body: JSON.stringify({ QueueUrl: environment.QUEUE_URL, MessageBody: '{"id":"one"}' }),
  });
  const line = await local.line(/"done"/);
  return Number(/"pid":(\d+)/.exec(line)![1]);
}

test('exits 1 with the last lines of an app that crashes, and takes the rest down', async () => {
  const { local, url, ...started } = await runs.crashing;
  const worker = await work({ local, url, ...started });

  await fetch(`${url}/api/crash`).catch(() => undefined);

  expect(await local.exited).toBe(1);
  expect(local.lines.join('\n')).toContain('failed: app ended by itself with exit code 7; its last lines:');
  expect(local.lines.at(-1)).toBe('the app gives up');
  expect(isAlive(worker)).toBe(false);
});

test('leaves no process when it is killed itself: no app, no function, no engine', async () => {
  const started = await runs.killed;
  const { local, pid, environment } = started;
  const worker = await work(started);

  local.process.kill('SIGKILL');

  await Promise.all([gone(pid), gone(worker)]);
  expect([isAlive(pid), isAlive(worker)]).toEqual([false, false]);
  while (await fetch(environment.AWS_ENDPOINT_URL_SQS).catch(() => undefined));
  await expect(fetch(environment.AWS_ENDPOINT_URL_DYNAMODB)).rejects.toThrow('fetch failed');
});

test('exits 2 when its port is taken, and says what to change', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;

  const local = LocalProcess.start(api, '--port', String(port));

  expect(await local.exited).toBe(2);
  expect(local.errors).toEqual([
    `plinth local: port must be free, got ${port}, and another process listens on it; give another by --port or PORT`,
  ]);
  expect(local.lines).toEqual([]);
  taken.close();
});

test('exits 2 for a stage that the assembly does not have', async () => {
  const local = LocalProcess.start(api, '--stage', 'moon');

  expect(await local.exited).toBe(2);
  expect(local.errors).toEqual(['plinth local: --stage must be one of app, got moon; name one of them']);
});
