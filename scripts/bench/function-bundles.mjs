// Size and time to load of the functions that every job and every webhook passes, beside what NodejsFunction makes of the same entry with `bundleAwsSDK: true`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { machine, median } from './machine.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
const LARGEST_KB = 450;
const TARGET = 0.7;
const FUNCTIONS = ['job-worker', 'job-sweeper', 'webhook-fanout', 'webhook-sender', 'webhook-sweeper'];

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const root = join(here, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
const environment = {
  ...process.env,
  AWS_REGION: 'us-east-1',
  JOB_TABLE: 'jobs',
  JOB_QUEUE_URL: 'http://127.0.0.1/queue',
  WEBHOOK_TABLE: 'webhooks',
  WEBHOOK_FANOUT_QUEUE_URL: 'http://127.0.0.1/fanout',
  WEBHOOK_DELIVER_QUEUE_URL: 'http://127.0.0.1/deliver',
  WEBHOOK_QUARANTINE_QUEUE_URL: 'http://127.0.0.1/quarantine',
  WEBHOOK_KEY_ID: 'arn:aws:kms:us-east-1:111111111111:key/k',
  JOB_KINDS: JSON.stringify([{ name: 'a', processor: { type: 'function', functionName: 'f' } }]),
};

/** As NodejsFunction calls esbuild by default: bundle, node, CommonJS, no minification, esbuild's own main fields. */
const asNodejsFunction = (name, outfile) =>
  build({
    entryPoints: [join(root, 'lambda', name, 'handler.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    tsconfig: join(root, 'tsconfig.json'),
    logLevel: 'error',
  });

/** Milliseconds to load a bundle in a process of its own, and what it costs before that. */
function load(file) {
  const script = `const from = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - from)`;
  const run = spawnSync(process.execPath, ['--no-warnings', '-e', script], { env: environment, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${file} must load, got exit ${run.status}: ${run.stderr}`);
  return Number(run.stdout);
}

const round2 = (value) => Math.round(value * 100) / 100;

async function compare(name) {
  const ours = join(root, 'dist', 'lambda', name, 'index.js');
  const peer = join(folder, `${name}.js`);
  await asNodejsFunction(name, peer);
  const times = { ours: [], peer: [] };
  for (let at = -1; at < ROUNDS; at += 1) {
    const pair = at % 2 === 0 ? ['ours', 'peer'] : ['peer', 'ours'];
    for (const side of pair) {
      const ms = load(side === 'ours' ? ours : peer);
      if (at >= 0) times[side].push(ms);
    }
  }
  const kb = (file) => Math.round(statSync(file).size / 1024);
  const size = { kb: kb(ours), nodejsFunctionKb: kb(peer), ofNodejsFunction: round2(statSync(ours).size / statSync(peer).size) };
  const [loadMs, peerMs] = [median(times.ours), median(times.peer)];
  return { ...size, loadMs: Math.round(loadMs), nodejsFunctionLoadMs: Math.round(peerMs), loadOfNodejsFunction: round2(loadMs / peerMs) };
}

try {
  const figures = {};
  for (const name of FUNCTIONS) figures[name] = await compare(name);
  for (const [name, figure] of Object.entries(figures)) {
    console.log(name.padEnd(16), JSON.stringify(figure));
    if (figure.kb > LARGEST_KB || figure.ofNodejsFunction > TARGET || figure.loadOfNodejsFunction > TARGET) process.exitCode = 1;
  }
  console.log(
    JSON.stringify({ bench: 'function-bundles', machine, figures: { ...figures, target: TARGET, largestKb: LARGEST_KB, rounds: ROUNDS } }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
