// Nothing is lost: workers in processes of their own, killed at random points, messages lost, repeated and reordered. Last line: JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { machine } from '../bench/machine.mjs';
import { Effects } from './jobs/effects.mjs';
import { FaultyMessages } from './jobs/faulty-messages.mjs';
import { seeded } from './jobs/random.mjs';

const JOBS = Number(process.env.JOBS ?? 5000);
const KILLS = Number(process.env.KILLS ?? 200);
const WORKERS = Number(process.env.WORKERS ?? 4);
const SEED = Number(process.env.SEED ?? 20_260_101);
const STUCK_AFTER_MS = 60_000;
const KIND = 'effect';
const FINAL = new Set(['succeeded', 'failed', 'cancelled', 'expired']);

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const { DynamoJobStore, jobKinds, Jobs, jobTable, systemClock } = createRequire(import.meta.url)(
  join(here, '..', '..', 'runtime', 'dist', 'jobs', 'index.js'),
);
const kind = { name: KIND, maxAttempts: 20, leaseMs: 2000, deadlineMs: 1_800_000, retry: { baseMs: 200, capMs: 1000 } };
const random = seeded(SEED);
const children = new Set();

function start(script, env, stdio = ['ignore', 'inherit', 'inherit']) {
  const child = spawn(process.execPath, ['--no-warnings', join(here, 'jobs', script)], { env: { ...process.env, ...env }, stdio });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function startEngines() {
  const engines = start('engines.mjs', { VISIBILITY_SECONDS: '5' }, ['pipe', 'pipe', 'inherit']);
  const [line] = await once(createInterface({ input: engines.stdout }), 'line');
  return JSON.parse(line);
}

/** Workers of which one dies, at once and without a word, whenever another share of the effects is done; another takes its place. */
class Workers {
  killed = 0;
  running = [];

  constructor(env) {
    this.env = env;
    this.running = Array.from({ length: WORKERS }, () => start('worker.mjs', env));
    this.at = Array.from({ length: KILLS }, () => Math.ceil(random() * JOBS * 0.97)).toSorted((one, other) => one - other);
  }

  async onWritten(count) {
    while (this.at.length > 0 && this.at[0] <= count) {
      this.at.shift();
      await sleep(random() * 30);
      const victim = Math.floor(random() * this.running.length);
      this.running[victim].kill('SIGKILL');
      this.killed += 1;
      this.running[victim] = start('worker.mjs', this.env);
    }
  }
}

async function submitAll(jobs) {
  const ids = [];
  for (let from = 0; from < JOBS; from += 20) {
    const some = Array.from({ length: Math.min(20, JOBS - from) }, (_, at) => from + at);
    const submitted = await Promise.all(some.map((input) => jobs.submit({ tenantId: `tenant-${input % 10}`, kind: KIND, input })));
    ids.push(...submitted.map(({ job }) => job.id));
  }
  return ids;
}

/** Waits until every job is final, or nothing has become so for a minute. */
async function waitForAll(store, ids) {
  const open = new Set(ids);
  const final = new Map();
  for (let lastAt = Date.now(); open.size > 0 && Date.now() - lastAt < STUCK_AFTER_MS; await sleep(500)) {
    for (const id of [...open].slice(0, 500)) {
      const job = await store.read(id);
      if (job && !FINAL.has(job.state)) continue;
      open.delete(id);
      final.set(id, job);
      lastAt = Date.now();
    }
  }
  return { final, stuck: open.size };
}

async function main() {
  const engines = await startEngines();
  const credentials = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' };
  Object.assign(process.env, credentials, { AWS_ENDPOINT_URL_DYNAMODB: engines.dynamodb, AWS_ENDPOINT_URL_SQS: engines.sqs });
  const dynamodb = new DynamoDBClient({});
  await dynamodb.send(new CreateTableCommand(jobTable('jobs')));
  let workers;
  const effects = new Effects(dynamodb, seeded(SEED + 1), (count) => void workers?.onWritten(count));
  const lambda = await effects.start();
  const env = {
    AWS_ENDPOINT_URL_LAMBDA: lambda,
    JOB_TABLE: 'jobs',
    JOB_QUEUE_URL: engines.queueUrl,
    JOB_KINDS: JSON.stringify([{ ...kind, processor: { type: 'function', functionName: 'effects' } }]),
    JOB_RESEND_AFTER_MS: '3000',
    QUIET: '1',
  };
  const messages = new FaultyMessages(new SQSClient({ useQueueUrlAsEndpoint: false }), engines.queueUrl, seeded(SEED + 2));
  const store = new DynamoJobStore({ client: dynamodb, tableName: 'jobs', clock: systemClock });
  const jobs = new Jobs({ store, messages, kinds: jobKinds([kind]), resendAfterMs: 3000 });
  const startedAt = Date.now();
  workers = new Workers(env);
  start('sweeper.mjs', env);
  const ids = await submitAll(jobs);
  const { final, stuck } = await waitForAll(store, ids);
  report({ ...(await judge(final, effects)), stuck, workers, effects, messages, seconds: Math.round((Date.now() - startedAt) / 1000) });
  effects.stop();
}

async function judge(final, effects) {
  const sum = { lost: 0, succeeded: 0, otherwise: 0, effectsExactlyOnce: 0, effectsWrong: 0, attempts: 0 };
  for (const [id, job] of final) {
    if (!job) sum.lost += 1;
    else if (job.state === 'succeeded') sum.succeeded += 1;
    else sum.otherwise += 1;
    sum.attempts += job?.attempt ?? 0;
    // One row a job, and it is that of the attempt whose result stands.
    if (job?.state === 'succeeded' && (await effects.fenceOf(id)) === job.attempt && job.result.fence === job.attempt)
      sum.effectsExactlyOnce += 1;
    else sum.effectsWrong += 1;
  }
  return sum;
}

function report({ workers, effects, messages, ...sum }) {
  const figures = {
    jobs: JOBS,
    kills: workers.killed,
    seed: SEED,
    ...sum,
    effectsRewrittenByALaterAttempt: effects.rewritten,
    effectsRefusedAsStale: effects.stale,
    messagesLost: messages.lost,
    messagesRepeated: messages.repeated,
    messagesDelayed: messages.delayed,
  };
  const isWhole =
    sum.lost === 0 && sum.stuck === 0 && sum.succeeded === JOBS && sum.effectsExactlyOnce === JOBS && effects.written === JOBS;
  if (!isWhole || workers.killed !== KILLS) process.exitCode = 1;
  console.log(JSON.stringify({ harness: 'jobs', machine, figures }));
}

try {
  await main();
} finally {
  for (const child of children) child.kill('SIGKILL');
}
process.exit();
