// One side of the bench of webhooks, in a process of its own, so that nobody pays for another's garbage: `round` is answered with its figures.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Queue, Worker } from 'bullmq';
import { Agent, request } from 'undici';
import { ours, runtime, systemClock } from './ours.mjs';

const { name, url, DELIVERIES, DYNALITE_DELIVERIES, ENDPOINTS, CONCURRENCY } = JSON.parse(process.argv[2]);
const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const { DynamoWebhookStore, MemoryWebhookStore, webhookTable } = runtime('webhooks');
const folder = mkdtempSync(join(tmpdir(), 'bench-webhooks-'));
const ends = [];
const body = { job_id: 'job_1', status: 'completed', kind: 'documents.process', processing_time_ms: 1234, document_id: 'd'.repeat(200) };

/** undici as the others have it: kept-alive connections, one request at a time on each. */
function poster() {
  const dispatcher = new Agent({ connections: CONCURRENCY, pipelining: 1 });
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json' };
  return async (nth) => {
    const path = `${url}/whe_${nth % ENDPOINTS}`;
    const answer = await request(path, { method: 'POST', body: text, headers, dispatcher, headersTimeout: 10_000, bodyTimeout: 10_000 });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`the receiver must answer 200, got ${answer.statusCode}`);
  };
}

function bare() {
  const post = poster();
  let next = 0;
  const lane = async (until) => {
    while (next < until) await post((next += 1));
  };
  return {
    count: DELIVERIES,
    prepare: async () => {},
    sendAll: () => {
      const until = next + DELIVERIES;
      return Promise.all(Array.from({ length: CONCURRENCY }, () => lane(until)));
    },
  };
}

async function bullmq() {
  const socket = join(folder, 'redis.sock');
  // As it comes but for the network: its jobs are in its memory, and in its append-only file, written every second.
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', folder, '--appendonly', 'yes', '--save', ''], {
    stdio: 'ignore',
  });
  ends.push(() => server.kill('SIGKILL'));
  await sleep(500);
  const connection = { path: socket, maxRetriesPerRequest: null };
  const queue = new Queue('webhooks', { connection });
  await queue.waitUntilReady();
  const post = poster();
  let left = 0;
  let done = () => {};
  const worker = new Worker('webhooks', ({ data }) => post(data.nth), { connection, concurrency: CONCURRENCY, autorun: false });
  worker.on('completed', () => (left -= 1) === 0 && done());
  worker.on('error', () => {});
  await worker.waitUntilReady();
  void worker.run();
  await worker.pause();
  ends.push(() => Promise.all([worker.close(true), queue.close()]));
  return {
    count: DELIVERIES,
    prepare: () => queue.addBulk(Array.from({ length: DELIVERIES }, (_, nth) => ({ name: 'post', data: { nth, body } }))),
    sendAll: async () => {
      left = DELIVERIES;
      const all = new Promise((resolve) => (done = resolve));
      await worker.resume();
      await all;
      await worker.pause();
    },
  };
}

async function dynalite(common) {
  const child = spawn(process.execPath, ['--no-warnings', join(here, '..', '..', 'harness', 'webhooks', 'tables.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  ends.push(() => child.kill('SIGKILL'));
  const [endpoint] = await once(createInterface({ input: child.stdout }), 'line');
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint, credentials: { accessKeyId: 'none', secretAccessKey: 'none' } });
  await client.send(new CreateTableCommand(webhookTable('webhooks')));
  const store = new DynamoWebhookStore({ client, tableName: 'webhooks', clock: systemClock });
  return ours({ ...common, store, count: DYNALITE_DELIVERIES });
}

const common = { name, endpoints: ENDPOINTS, concurrency: CONCURRENCY, url, body, count: DELIVERIES };
const inMemory = (version) => ours({ ...common, version, store: new MemoryWebhookStore(systemClock) });
const sides = {
  memory: () => inMemory('v1'),
  memoryV1a: () => inMemory('v1a'),
  bullmq: () => bullmq(),
  undici: () => bare(),
  dynalite: () => dynalite(common),
};

/** Rows and jobs are there before: what is timed is the sending. */
async function round({ prepare, sendAll, count }) {
  await prepare();
  const from = performance.now();
  const cpu = process.cpuUsage();
  await sendAll();
  const perSecond = count / ((performance.now() - from) / 1000);
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond, cpuUs: (user + system) / count };
}

const side = await sides[name]();
const answer = async () => void process.send(await round(side));
const end = async () => {
  for (const close of ends.toReversed()) await close();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
};
process.on('message', () => void answer());
process.on('disconnect', () => void end());
process.send('ready');
