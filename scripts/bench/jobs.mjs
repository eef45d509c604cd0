// Submitting and doing jobs: over the store in memory, over DynamoDB as dynalite emulates it, and BullMQ on a redis-server of its own. Interleaved.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Queue, Worker } from 'bullmq';
import { machine, median } from './machine.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const JOBS = Number(process.env.JOBS ?? 2000);
/** An emulator of DynamoDB takes some ten milliseconds of CPU a job. */
const DYNALITE_JOBS = Number(process.env.DYNALITE_JOBS ?? 200);
const CONCURRENCY = 16;
const KIND = 'nothing';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const { DynamoJobStore, jobKinds, JobRunner, Jobs, jobTable, MemoryJobStore, systemClock } = createRequire(import.meta.url)(
  join(here, '..', '..', 'runtime', 'dist', 'jobs', 'index.js'),
);
const folder = mkdtempSync(join(tmpdir(), 'bench-jobs-'));
const ends = [];

/** Our jobs, worked in this process from a queue that is an array. */
function ours(name, store, count) {
  const waiting = [];
  let wake = () => {};
  const messages = {
    send: async ({ jobId }) => {
      waiting.push(jobId);
      wake();
    },
  };
  const jobs = new Jobs({ store, messages, kinds: jobKinds([{ name: KIND }]) });
  const runner = new JobRunner({ jobs, processors: new Map([[KIND, { process: async () => null }]]) });
  const never = new AbortController().signal;
  const work = async (left) => {
    while (left.count > 0) {
      const id = waiting.shift();
      if (id === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      if ((await runner.run(id, never)) !== 'succeeded') throw new Error(`${name}: every job must succeed, got another end`);
      left.count -= 1;
    }
  };
  return {
    name,
    count,
    submit: () => jobs.submit({ tenantId: 'acme', kind: KIND, input: { page: 1 } }),
    workAll: (total) => {
      const left = { count: total };
      return Promise.all(Array.from({ length: CONCURRENCY }, () => work(left)));
    },
  };
}

async function dynalite() {
  const engines = spawn(process.execPath, ['--no-warnings', join(here, '..', 'harness', 'jobs', 'engines.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  ends.push(() => engines.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: engines.stdout }), 'line');
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: JSON.parse(line).dynamodb, credentials });
  await client.send(new CreateTableCommand(jobTable('jobs')));
  return ours('dynalite', new DynamoJobStore({ client, tableName: 'jobs', clock: systemClock }), DYNALITE_JOBS);
}

async function bullmq() {
  const socket = join(folder, 'redis.sock');
  // As it comes but for the network: BullMQ's jobs are in its memory, and in its append-only file, written every second.
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--dir', folder, '--appendonly', 'yes', '--save', ''], {
    stdio: 'ignore',
  });
  ends.push(() => server.kill('SIGKILL'));
  await sleep(500);
  const connection = { path: socket, maxRetriesPerRequest: null };
  const queue = new Queue('jobs', { connection });
  await queue.waitUntilReady();
  let left = 0;
  let done = () => {};
  const worker = new Worker('jobs', async () => null, { connection, concurrency: CONCURRENCY, autorun: false });
  worker.on('completed', () => (left -= 1) === 0 && done());
  worker.on('error', () => {});
  await worker.waitUntilReady();
  void worker.run();
  await worker.pause();
  ends.push(() => Promise.all([worker.close(true), queue.close()]));
  return {
    name: 'bullmq',
    count: JOBS,
    submit: () => queue.add(KIND, { page: 1 }),
    workAll: async (total) => {
      left = total;
      const all = new Promise((resolve) => (done = resolve));
      await worker.resume();
      await all;
      await worker.pause();
    },
  };
}

async function submitAll({ submit, count }) {
  const latencies = [];
  const lane = async () => {
    while (latencies.length + started.open < count) {
      started.open += 1;
      const from = performance.now();
      await submit();
      started.open -= 1;
      latencies.push(performance.now() - from);
    }
  };
  const started = { open: 0 };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return latencies.toSorted((one, other) => one - other);
}

/** All are submitted, then all are done: the sum of both is the way from end to end without the wait for the other side's share of the machine. */
async function round(side) {
  const from = performance.now();
  const latencies = await submitAll(side);
  const submitted = performance.now();
  await side.workAll(side.count);
  const seconds = (performance.now() - from) / 1000;
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
  return {
    submitP50Ms: at(0.5),
    submitP99Ms: at(0.99),
    submittedPerSecond: side.count / ((submitted - from) / 1000),
    endToEndPerSecond: side.count / seconds,
  };
}

const round2 = (value) => Math.round(value * 100) / 100;

async function main() {
  const sides = [ours('memory', new MemoryJobStore(systemClock), JOBS), await bullmq(), await dynalite()];
  const rounds = new Map(sides.map(({ name }) => [name, []]));
  for (let at = -1; at < ROUNDS; at += 1) {
    for (const side of at % 2 === 0 ? sides : sides.toReversed()) {
      const measured = await round(side);
      if (at >= 0) rounds.get(side.name).push(measured);
    }
  }
  const figures = {};
  for (const [name, measured] of rounds) {
    figures[name] = Object.fromEntries(Object.keys(measured[0]).map((key) => [key, round2(median(measured.map((one) => one[key])))]));
    console.log(name.padEnd(9), JSON.stringify(figures[name]));
  }
  const pairs = rounds.get('memory').map(({ endToEndPerSecond }, at) => endToEndPerSecond / rounds.get('bullmq')[at].endToEndPerSecond);
  const settings = {
    memoryOfBullmq: round2(median(pairs)),
    jobs: JOBS,
    dynaliteJobs: DYNALITE_JOBS,
    concurrency: CONCURRENCY,
    rounds: ROUNDS,
  };
  console.log(JSON.stringify({ bench: 'jobs', machine, figures: { ...figures, ...settings } }));
}

try {
  await main();
} finally {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
