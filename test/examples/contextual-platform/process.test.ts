import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { serviceConfig } from '../../../examples/contextual-platform/service/config';

const server = join(__dirname, '../../../dist/examples/contextual-platform/server.js');
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Runs the bundle; answers the first line of its log that has a message. */
function run(environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [server], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const lineWith = async (message: string): Promise<{ readonly port: number; readonly reason: string }> => {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      const parsed = JSON.parse(line.value) as { message: string; port: number; reason: string };
      if (parsed.message === message) return parsed;
    }
    throw new Error(`the log must have ${message}, got its end`);
  };
  return { child, lineWith };
}

// Nothing listens there.
const nobody = {
  DATABASE_HOST: '127.0.0.1',
  DATABASE_PORT: '1',
  DATABASE_NAME: 'app',
  DATABASE_USER: 'application',
  DATABASE_POOL_MAX: '2',
};
const environment = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', DATABASE_AUTH: 'password', DATABASE_TLS: 'disable', ...nobody };

test('REC-1.11 the bundle starts without its database, lives, is not ready, and ends by itself when it is stopped', async () => {
  const { child, lineWith } = run(environment);
  const { port } = await lineWith('listening');
  const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;

  expect([await statusOf('/api/health/live'), await statusOf('/api/health/ready')]).toEqual([200, 503]);

  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await lineWith('drained');
  expect(await ended).toEqual([0, null]);
});

test('names every fault of its environment and exits 1', async () => {
  const { child, lineWith } = run({
    PORT: '80000',
    FEATURE_CACHE_SECONDS: '60',
    JOB_TABLE: 'jobs',
    INTERNAL_API_KEY: '{}',
  });
  const ended = once(child, 'exit');
  const { reason } = await lineWith('the service cannot start');

  for (const fault of [
    'PORT must be a whole number from 0 to 65535, got 80000',
    'FEATURE_CACHE_SECONDS must be a whole number from 3600 to 86400, got 60',
    'INTERNAL_API_KEY must be JSON with current, and previous if there is one, got something else',
    'JOB_QUEUE_URL must be the URL of a queue, got nothing',
    'AWS_REGION must be set where JOB_TABLE is, got nothing',
    'DATABASE_HOST must be',
  ]) {
    expect(reason).toContain(fault);
  }
  expect(await ended).toEqual([1, null]);
});

test('CTX-1.3 what extractors found stands an hour, and a day at most', () => {
  const of = (seconds?: string) => serviceConfig({ FEATURE_CACHE_SECONDS: seconds }).featureCacheSeconds;

  expect([of(), of('86400')]).toEqual([3_600, 86_400]);
  expect(() => of('86401')).toThrow('FEATURE_CACHE_SECONDS must be a whole number from 3600 to 86400, got 86401');
});

test('takes jobs where the stage has them, and does without where it has none', () => {
  const jobs = { JOB_TABLE: 'jobs', JOB_QUEUE_URL: 'https://sqs.us-east-1.example.com/1/jobs', AWS_REGION: 'us-east-1' };

  expect(serviceConfig({}).jobs).toBeUndefined();
  expect(serviceConfig({ ...jobs, INTERNAL_API_KEY: '{"current":"key"}' }).jobs).toEqual({
    table: 'jobs',
    queueUrl: 'https://sqs.us-east-1.example.com/1/jobs',
    region: 'us-east-1',
  });
  expect(() => serviceConfig(jobs)).toThrow('INTERNAL_API_KEY must be set where JOB_TABLE is, got nothing');
});
