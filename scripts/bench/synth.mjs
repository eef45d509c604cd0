// How long three stages take to synthesize with validation off, and how long a resource takes beside ecs-patterns with L2s of the same size.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine, median } from './machine.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rounds = 9;

function synthesize(script, perStage) {
  const outdir = mkdtempSync(join(tmpdir(), 'plinth-bench-'));
  try {
    const started = performance.now();
    const run = spawnSync(process.execPath, [join(root, script), ...(perStage ? [outdir, String(perStage)] : [])], {
      cwd: root,
      env: {
        ...process.env,
        CDK_VALIDATION: 'false',
        CDK_OUTDIR: outdir,
        CDK_CONTEXT_JSON: JSON.stringify(JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context),
      },
    });
    const ms = performance.now() - started;
    if (run.status !== 0) throw new Error(`${script} failed: ${String(run.stderr)}`);
    return { ms, ...sizeOf(outdir) };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function sizeOf(outdir) {
  const templates = ['dev', 'staging', 'production']
    .flatMap((stage) => list(join(outdir, `assembly-${stage}`)))
    .map((file) => readFileSync(file, 'utf8'));
  return {
    resources: templates.reduce((sum, template) => sum + Object.keys(JSON.parse(template).Resources).length, 0),
    kilobytes: Math.round(templates.reduce((sum, template) => sum + template.length, 0) / 1024),
  };
}

const list = (directory) =>
  readdirSync(directory)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => join(directory, file));

const ours = 'dist/bin/platform.js';
const peer = 'scripts/bench/synth-peer.cjs';
const { resources } = synthesize(ours);
const perStage = Math.round(resources / 3);
const runs = { ours: [], peer: [] };
for (let round = 0; round < rounds; round++) {
  runs.ours.push(synthesize(ours));
  runs.peer.push(synthesize(peer, perStage));
}
const perResource = (list_) => median(list_.map(({ ms, resources: count }) => ms / count));
const figures = {
  threeStagesMs: Math.round(median(runs.ours.map(({ ms }) => ms))),
  resources,
  peerResources: runs.peer[0].resources,
  kilobytes: runs.ours[0].kilobytes,
  peerKilobytes: runs.peer[0].kilobytes,
  msPerResource: Number(perResource(runs.ours).toFixed(3)),
  peerMsPerResource: Number(perResource(runs.peer).toFixed(3)),
  ratio: Number((perResource(runs.ours) / perResource(runs.peer)).toFixed(3)),
  rounds,
};
console.log(JSON.stringify({ bench: 'synth', machine, figures }));
