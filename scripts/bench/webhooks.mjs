// Deliveries a second to a receiver in a process of its own: ours with the attempt log, BullMQ whose worker posts, and undici alone. Interleaved.
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
import { machine, median } from './machine.mjs';
import { ours, runtime, systemClock } from './webhooks/ours.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const DELIVERIES = Number(process.env.DELIVERIES ?? 3000);
/** An emulator of DynamoDB takes some ten milliseconds of CPU a delivery. */
const DYNALITE_DELIVERIES = Number(process.env.DYNALITE_DELIVERIES ?? 200);
const ENDPOINTS = Number(process.env.ENDPOINTS ?? 20);
const CONCURRENCY = 32;
/** Of what bare undici and BullMQ do. */
const OF_BULLMQ = 1;
const OF_UNDICI = 1 / 3;

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const { DynamoWebhookStore, MemoryWebhookStore, webhookTable } = runtime('webhooks');
const folder = mkdtempSync(join(tmpdir(), 'bench-webhooks-'));
const ends = [];
const body = { job_id: 'job_1', status: 'completed', kind: 'documents.process', processing_time_ms: 1234, document_id: 'd'.repeat(200) };

async function startProcess(folderOf, script) {
  const child = spawn(process.execPath, ['--no-warnings', join(here, folderOf, script)], { stdio: ['pipe', 'pipe', 'inherit'] });
  ends.push(() => child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return line;
}

/** undici as the others have it: kept-alive connections, one request at a time on each. */
function poster(url) {
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

function bare(url) {
  const post = poster(url);
  let next = 0;
  const lane = async (until) => {
    while (next < until) await post((next += 1));
  };
  return {
    name: 'undici',
    count: DELIVERIES,
    prepare: async () => {},
    sendAll: () => {
      const until = next + DELIVERIES;
      return Promise.all(Array.from({ length: CONCURRENCY }, () => lane(until)));
    },
  };
}

async function bullmq(url) {
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
  const post = poster(url);
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
    name: 'bullmq',
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
  const endpoint = await startProcess('../harness/webhooks', 'tables.mjs');
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint, credentials: { accessKeyId: 'none', secretAccessKey: 'none' } });
  await client.send(new CreateTableCommand(webhookTable('webhooks')));
  const store = new DynamoWebhookStore({ client, tableName: 'webhooks', clock: systemClock });
  return ours({ ...common, name: 'dynalite', store, count: DYNALITE_DELIVERIES });
}

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

const round2 = (value) => Math.round(value * 100) / 100;

async function main() {
  const url = await startProcess('webhooks', 'receiver.mjs');
  const common = { endpoints: ENDPOINTS, concurrency: CONCURRENCY, url, body, count: DELIVERIES };
  const memory = (name, version) => ours({ ...common, name, version, store: new MemoryWebhookStore(systemClock) });
  const sides = [await memory('memory', 'v1'), await bullmq(url), bare(url), await memory('memoryV1a', 'v1a')];
  if (DYNALITE_DELIVERIES > 0) sides.push(await dynalite(common));
  const rounds = new Map(sides.map(({ name }) => [name, []]));
  for (let at = -1; at < ROUNDS; at += 1) {
    for (const side of at % 2 === 0 ? sides : sides.toReversed()) {
      const measured = await round(side);
      if (at >= 0) rounds.get(side.name).push(measured);
    }
  }
  const figures = {};
  for (const [name, measured] of rounds) {
    const perSecond = Math.round(median(measured.map((one) => one.perSecond)));
    figures[name] = { perSecond, cpuUs: Math.round(median(measured.map(({ cpuUs }) => cpuUs))) };
    console.log(name.padEnd(10), JSON.stringify(figures[name]));
  }
  const ratio = (name) => round2(median(rounds.get('memory').map(({ perSecond }, at) => perSecond / rounds.get(name)[at].perSecond)));
  const ratios = { memoryOfBullmq: ratio('bullmq'), memoryOfUndici: ratio('undici') };
  if (ratios.memoryOfBullmq < OF_BULLMQ || ratios.memoryOfUndici < OF_UNDICI) process.exitCode = 1;
  const settings = { deliveries: DELIVERIES, dynaliteDeliveries: DYNALITE_DELIVERIES, endpoints: ENDPOINTS, concurrency: CONCURRENCY };
  console.log(JSON.stringify({ bench: 'webhooks', machine, figures: { ...figures, ...ratios, ...settings, rounds: ROUNDS } }));
}

try {
  await main();
} finally {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
