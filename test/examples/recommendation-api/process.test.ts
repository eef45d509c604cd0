import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { databaseEnvironment } from './database';
import { SESSION_KEY } from './running';

const server = join(__dirname, '../../../dist/examples/recommendation-api/server.js');
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Line {
  readonly message: string;
  readonly reason?: string;
  readonly port?: number;
}

function run(environment: NodeJS.ProcessEnv): { readonly child: ChildProcess; readonly lines: AsyncIterableIterator<string> } {
  const child = spawn(process.execPath, [server], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

async function lineWith(lines: AsyncIterableIterator<string>, message: string): Promise<Line> {
  for await (const line of { [Symbol.asyncIterator]: () => ({ next: () => lines.next() }) }) {
    const parsed = JSON.parse(line) as Line;
    if (parsed.message === message) return parsed;
  }
  throw new Error(`the log must have ${message}, got its end`);
}

// Nothing listens there.
const nobody = databaseEnvironment({ host: '127.0.0.1', port: 1 } as never);
const environment = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', SESSION_KEY, ...nobody };

test('REC-1.11 the bundle starts without its database, lives, is not ready, and ends by itself when it is stopped', async () => {
  const { child, lines } = run(environment);
  const { port } = await lineWith(lines, 'listening');
  const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;

  expect([await statusOf('/api/health/live'), await statusOf('/api/health/ready')]).toEqual([200, 503]);

  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await lineWith(lines, 'drained');
  expect(await ended).toEqual([0, null]);
});

test('REC-7.6 writes nothing but JSON lines with a level, DEBUG where LOG_LEVEL says so', async () => {
  const { child, lines } = run({ ...environment, LOG_LEVEL: 'debug' });
  const ended = once(child, 'exit');
  const levels: unknown[] = [];
  for await (const line of { [Symbol.asyncIterator]: () => lines }) {
    const { level, message } = JSON.parse(line) as { readonly level: unknown; readonly message: unknown };
    levels.push(level);
    if (message === 'listening') child.kill('SIGTERM');
  }
  await ended;

  expect(levels[0]).toBe('DEBUG');
  expect(levels).toContain('INFO');
  expect(levels.filter((level) => !['ERROR', 'WARN', 'INFO', 'DEBUG'].includes(String(level)))).toEqual([]);
});

test('names every fault of its environment and exits 1', async () => {
  const { child, lines } = run({
    PORT: '80000',
    RESPONSE_CACHE_SECONDS: '60',
    SESSION_KEY: '{}',
    RESULT_CACHE_PORT: 'x',
    PROVIDER: 'other',
  });
  const ended = once(child, 'exit');

  const { reason } = await lineWith(lines, 'the service cannot start');

  for (const fault of [
    'PORT must be a whole number from 0 to 65535, got 80000',
    'RESPONSE_CACHE_SECONDS must be a whole number from 300 to 900, got 60',
    'SESSION_KEY must be JSON with current, and previous if there is one, of at least 16 characters, got no such current',
    'DATABASE_HOST must be',
    'RESULT_CACHE_PORT must be',
    'PROVIDER must be',
  ]) {
    expect(reason).toContain(fault);
  }
  expect(await ended).toEqual([1, null]);
});

test('serves without its metrics where their port is taken, and ends where its own is', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const without = run({ ...environment, METRICS_PORT: String(port) });
  const refused = run({ ...environment, PORT: String(port) });
  const ended = once(refused.child, 'exit');

  expect((await lineWith(without.lines, 'no metrics are served')).reason).toContain('EADDRINUSE');
  expect((await lineWith(without.lines, 'listening')).port).toBeGreaterThan(0);
  expect((await lineWith(refused.lines, 'the service cannot start')).reason).toContain('EADDRINUSE');
  expect(await ended).toEqual([1, null]);
  taken.close();
});
