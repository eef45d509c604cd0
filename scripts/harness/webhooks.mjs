// No delivery is lost and no attempt blurred: senders in processes of their own, killed at random points, hints lost, repeated and reordered, over a
// real receiver. Last line: JSON.
import { fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { machine } from '../bench/machine.mjs';
import { seeded } from './jobs/random.mjs';
import { HintQueue } from './webhooks/hint-queue.mjs';
import { judge } from './webhooks/judge.mjs';
import { Receiver } from './webhooks/receiver.mjs';
import { Senders } from './webhooks/senders.mjs';
import { runtime, TABLE, world } from './webhooks/world.mjs';

const DELIVERIES = Number(process.env.DELIVERIES ?? 5000);
const KILLS = Number(process.env.KILLS ?? 200);
const SENDERS = Number(process.env.SENDERS ?? 4);
const ENDPOINTS = Number(process.env.ENDPOINTS ?? 10);
const SPEED = Number(process.env.SPEED ?? 10);
const SEED = Number(process.env.SEED ?? 20_260_101);
const TENANTS = Math.min(10, Math.ceil(DELIVERIES / ENDPOINTS));
const MESSAGES = Math.ceil(DELIVERIES / ENDPOINTS);
/** Of real time, and longer than the sweeper's by far. */
const STUCK_AFTER_MS = 60_000;

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const children = new Set();
const { DEFAULT_LIMITS, DEFAULT_RETRY_POLICY, deliveryId, webhookTable } = runtime('webhooks');
const { generateSecret } = runtime('signing');

function keep(child) {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

const start = (script) => keep(fork(join(here, 'webhooks', script), { execArgv: ['--no-warnings'] }));

async function startTables() {
  const tables = keep(
    spawn(process.execPath, ['--no-warnings', join(here, 'webhooks', 'tables.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const [url] = await once(createInterface({ input: tables.stdout }), 'line');
  return url;
}

async function register({ store, sealer, webhooks, clock }, url) {
  for (let at = 0; at < TENANTS * ENDPOINTS; at += 1) {
    const tenantId = `tenant-${at % TENANTS}`;
    const id = `whe_${at}`;
    const sealed = await sealer.seal(Buffer.from(generateSecret()), JSON.stringify([tenantId, id]));
    const now = clock.now();
    await store.endpoints.create({
      id,
      tenantId,
      url: `${url}/${id}`,
      events: ['job.*'],
      state: 'enabled',
      retryPolicy: DEFAULT_RETRY_POLICY,
      limits: DEFAULT_LIMITS,
      headerNames: [],
      keys: [{ kid: 'one', version: 'v1', sealed, createdAt: now }],
      isImplicit: false,
      createdAt: now,
      updatedAt: now,
      revision: webhooks.context.token(),
    });
  }
}

/** Publishes every message, and says which deliveries there must be. */
async function publishAll({ webhooks }) {
  const expected = [];
  for (let n = 0; n < MESSAGES; n += 1) {
    const { message } = await webhooks.publish({ tenantId: `tenant-${n % TENANTS}`, type: 'job.completed', body: { n } });
    for (let at = n % TENANTS; at < TENANTS * ENDPOINTS; at += TENANTS) {
      const id = `whe_${at}`;
      expected.push({ deliveryId: deliveryId(message.id, id), messageId: message.id, key: `${id} ${n}` });
    }
  }
  return expected;
}

/** Waits until every delivery is final, or nothing has become so for a minute. */
async function waitForAll(store, expected, receiver) {
  const open = new Set(expected.map(({ deliveryId: id }) => id));
  const rows = new Map();
  for (let lastAt = Date.now(), got = 0; open.size > 0 && Date.now() - lastAt < STUCK_AFTER_MS; await sleep(100)) {
    if (receiver.got.size !== got) lastAt = Date.now();
    got = receiver.got.size;
    if (got < expected.length && Date.now() - lastAt < STUCK_AFTER_MS / 2) continue;
    for (const id of open) {
      const row = await store.deliveries.read(id);
      if (row) rows.set(id, row);
      if (row?.finishedAt === undefined) continue;
      open.delete(id);
      lastAt = Date.now();
    }
  }
  return rows;
}

async function main() {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_ENDPOINT_URL_DYNAMODB: await startTables(),
    DATA_KEY: randomBytes(32).toString('hex'),
    SPEED: String(SPEED),
    BASE: String(Date.now()),
  });
  let queue;
  const messages = { fanOut: async (hint) => queue.send({ kind: 'fan-out', ...hint }, 0), deliver: async () => {} };
  const own = world({ messages });
  await own.client.send(new CreateTableCommand(webhookTable(TABLE)));
  queue = new HintQueue(own.clock, seeded(SEED + 2));
  let senders;
  const receiver = new Receiver(seeded(SEED + 1), (_, delivered) => void senders?.onDelivered(delivered));
  await register(own, await receiver.start());
  const startedAt = Date.now();
  const random = seeded(SEED);
  senders = new Senders({ start, count: SENDERS, queue, clock: own.clock, random, kills: KILLS, deliveries: MESSAGES * ENDPOINTS });
  const sweeper = start('sweeper.mjs');
  sweeper.on('message', ({ hint, delayMs }) => queue.send(hint, delayMs));
  const expected = await publishAll(own);
  const rows = await waitForAll(own.store, expected, receiver);
  senders.stop();
  receiver.stop();
  report({ expected, rows, receiver, senders, queue, seconds: Math.round((Date.now() - startedAt) / 1000) });
}

function report({ expected, rows, receiver, senders, queue, seconds }) {
  const { lost: hintsLost, repeated: hintsRepeated, delayed: hintsDelayed, redelivered: hintsRedelivered } = queue;
  const sum = judge({ expected, rows, receiver, kills: senders.kills });
  const deliveries = expected.length;
  const kills = senders.kills.length;
  const hints = { hintsLost, hintsRepeated, hintsDelayed, hintsRedelivered };
  const figures = { deliveries, kills, ...sum, ...hints, sendersFailures: senders.failures.length, seconds, speed: SPEED, seed: SEED };
  const nothing = ['lost', 'stuck', 'otherwise', 'attemptsWithoutAnEnd', 'beyondInterruptedAttempts', 'underAnotherId'];
  if (nothing.some((name) => sum[name] !== 0) || sum.succeeded !== deliveries || kills !== KILLS) process.exitCode = 1;
  if (senders.failures.length > 0) console.log(senders.failures.slice(0, 5).join('\n'));
  console.log(JSON.stringify({ harness: 'webhooks', machine, figures }));
}

try {
  await main();
} finally {
  for (const child of children) child.kill('SIGKILL');
}
process.exit();
