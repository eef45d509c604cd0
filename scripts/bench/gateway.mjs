// Throughput and p99 of the built gateway, without keys and with them, against the app itself and against a bare proxy: same app, keep-alive,
// TLS, interleaved rounds.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import autocannon from 'autocannon';
import { generate } from 'selfsigned';
import { machine, median } from './machine.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 15);
const SECONDS = Number(process.env.SECONDS ?? 1);
const CONNECTIONS = 32;
const TARGET = 0.9;

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
const children = [];

/** Starts a process whose first line tells its ports. Its output goes to a file: a pipe would be read by the one that measures. */
async function startProcess(name, script, env) {
  const path = join(folder, `${name}.log`);
  const output = openSync(path, 'a');
  const child = spawn(process.execPath, [script], { env: { ...process.env, ...env }, stdio: ['ignore', output, 'inherit'] });
  closeSync(output);
  children.push(child);
  for (let waited = 0; waited < 10_000; waited += 50) {
    const [line, rest] = readFileSync(path, 'utf8').split('\n', 2);
    if (rest !== undefined) return { child, ...JSON.parse(line) };
    await sleep(50);
  }
  throw new Error(`${name}: must tell its port within 10 s, got nothing; run the build first`);
}

const gatewayConfig = (port, access) => ({
  service: 'bench',
  listen: { port: 0, tls: true },
  app: { port, livePath: '/', readyPath: '/' },
  keepAliveMs: 65_000,
  routes: [
    { path: '/api/chat/*', class: 'long-polling', deadlineMs: 120_000, maxBodyBytes: 65_536 },
    { path: '/*', class: 'api', deadlineMs: 30_000, maxBodyBytes: 65_536 },
  ],
  drain: { graceMs: 0, timeoutMs: 1_000 },
  access,
});

const KEY = `plk_benchbenchbench1_${'k'.repeat(43)}`;

/** A table with the one key that the requests carry. */
async function startTable() {
  const server = createRequire(import.meta.url)('dynalite')({ createTableMs: 0 }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint, credentials: { accessKeyId: 'none', secretAccessKey: 'none' } });
  await client.send(
    new CreateTableCommand({
      TableName: 'keys',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'key_id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'key_id', KeyType: 'HASH' }],
    }),
  );
  const Item = {
    key_id: { S: 'benchbenchbench1' },
    tenant_id: { S: 'bench' },
    scopes: { SS: ['api'] },
    tier: { S: 'pro' },
    hash: { S: createHash('sha256').update(KEY).digest('hex') },
    created_at: { N: '0' },
  };
  await client.send(new PutItemCommand({ TableName: 'keys', Item }));
  client.destroy();
  return { server, endpoint };
}

/** CPU microseconds a process has used, all threads; nothing outside Linux. */
function cpuMicros(pid) {
  if (process.platform !== 'linux') return undefined;
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'));
  return threads.reduce((sum, stat) => sum + Number(stat.split(' ')[0]) / 1000, 0);
}

async function round(side) {
  const before = cpuMicros(side.pid);
  const result = await autocannon({
    url: `https://127.0.0.1:${side.port}/api/items`,
    connections: CONNECTIONS,
    duration: SECONDS,
    headers: side.headers,
  });
  const failed = result.errors + result.non2xx + result.timeouts;
  if (failed > 0) throw new Error(`${side.name}: every answer must be a 2xx, got ${failed} others`);
  const cpu = before === undefined ? undefined : (cpuMicros(side.pid) - before) / result.requests.total;
  return { rps: result.requests.total / result.duration, p99: result.latency.p99, cpu };
}

const round2 = (value) => Math.round(value * 100) / 100;

async function main() {
  const pems = await generate([{ name: 'commonName', value: 'bench' }], { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' });
  const CERTIFICATE = JSON.stringify({ key: pems.private, cert: pems.cert, minVersion: 'TLSv1.2' });
  const app = await startProcess('app', join(here, 'gateway-app.mjs'), { CERTIFICATE });
  const bare = await startProcess('bare', join(here, 'gateway-bare-proxy.mjs'), { CERTIFICATE, APP_PORT: String(app.port) });
  const gatewayScript = join(here, '..', '..', 'dist', 'gateway', 'gateway.js');
  const gateway = await startProcess('gateway', gatewayScript, { PLINTH_GATEWAY: JSON.stringify(gatewayConfig(app.port)) });
  const access = { table: 'keys', region: 'us-east-1', publicPaths: [], forwardKey: false };
  const keyed = await startProcess('keyed', gatewayScript, {
    PLINTH_GATEWAY: JSON.stringify(gatewayConfig(app.port, access)),
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
  });
  const sides = [
    { name: 'direct', port: app.securePort, pid: app.child.pid, rounds: [] },
    { name: 'bare', port: bare.port, pid: bare.child.pid, rounds: [] },
    { name: 'gateway', port: gateway.port, pid: gateway.child.pid, rounds: [] },
    { name: 'keyed', port: keyed.port, pid: keyed.child.pid, headers: { authorization: `Bearer ${KEY}` }, rounds: [] },
  ];
  for (let at = -1; at < ROUNDS; at += 1) {
    // The order turns, so that no side always follows the same one; the first pass only warms up.
    for (const side of at % 2 === 0 ? sides : sides.toReversed()) {
      const measured = await round(side);
      if (at >= 0) side.rounds.push(measured);
    }
  }
  report(sides);
}

function report(sides) {
  const middle = Object.fromEntries(
    sides.map(({ name, rounds }) => [
      name,
      {
        rps: Math.round(median(rounds.map(({ rps }) => rps))),
        p99Ms: median(rounds.map(({ p99 }) => p99)),
        ...(rounds[0].cpu === undefined ? {} : { cpuMicrosPerRequest: Math.round(median(rounds.map(({ cpu }) => cpu))) }),
      },
    ]),
  );
  const pairs = sides[2].rounds.map(({ rps }, at) => rps / sides[1].rounds[at].rps);
  // The CPU of one process over that of another, by neighbouring rounds: steadier than the rate where the machine does other work.
  const cpuRatio = (one, other) =>
    one.rounds[0].cpu === undefined ? undefined : round2(median(one.rounds.map(({ cpu }, at) => cpu / other.rounds[at].cpu)));
  const figures = {
    ...middle,
    // Of neighbouring rounds: what else the machine does then weighs on both.
    ofBare: round2(median(pairs)),
    ofBareByRound: pairs.map(round2),
    // What asking for keys costs: neighbouring rounds again.
    keyedOfGateway: round2(median(sides[3].rounds.map(({ rps }, at) => rps / sides[2].rounds[at].rps))),
    cpuOfBare: cpuRatio(sides[2], sides[1]),
    keyedCpuOfGateway: cpuRatio(sides[3], sides[2]),
    ofDirect: round2(middle.gateway.rps / middle.direct.rps),
    p99OfBare: round2(middle.gateway.p99Ms / middle.bare.p99Ms),
    target: TARGET,
    rounds: ROUNDS,
    seconds: SECONDS,
    connections: CONNECTIONS,
  };
  for (const [name, figure] of Object.entries(middle)) console.log(name.padEnd(8), JSON.stringify(figure));
  if (figures.ofBare < TARGET) process.exitCode = 1;
  console.log(
    JSON.stringify({
      bench: 'gateway',
      machine,
      figures,
    }),
  );
}

const table = await startTable();
try {
  await main();
} finally {
  table.server.closeAllConnections();
  table.server.close();
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
