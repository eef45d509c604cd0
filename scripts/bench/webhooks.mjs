// Deliveries a second to a receiver in a process of its own: ours with the attempt log, BullMQ whose worker posts, and undici alone, each in its
// own too. Interleaved.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { machine, median } from './machine.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const DELIVERIES = Number(process.env.DELIVERIES ?? 3000);
/** An emulator of DynamoDB takes some ten milliseconds of CPU a delivery. */
const DYNALITE_DELIVERIES = Number(process.env.DYNALITE_DELIVERIES ?? 200);
const ENDPOINTS = Number(process.env.ENDPOINTS ?? 20);
const CONCURRENCY = 32;
/** Rounds that are not measured: what is new is slow. */
const WARM_UP = 2;
/** Of what bare undici and BullMQ do. */
const OF_BULLMQ = 1;
const OF_UNDICI = 1 / 3;

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const ends = [];

async function startReceiver() {
  const child = spawn(process.execPath, ['--no-warnings', join(here, 'webhooks', 'receiver.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  ends.push(() => child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return line;
}

async function startSide(name, url) {
  const settings = JSON.stringify({ name, url, DELIVERIES, DYNALITE_DELIVERIES, ENDPOINTS, CONCURRENCY });
  const child = fork(join(here, 'webhooks', 'side.mjs'), [settings], { execArgv: ['--no-warnings'] });
  const gone = once(child, 'exit');
  ends.push(async () => {
    if (child.connected) child.disconnect();
    await gone;
  });
  const answer = async () => {
    const [first] = await Promise.race([once(child, 'message'), gone]);
    if (first === null || typeof first === 'number') throw new Error(`${name} must go on to the end, got exit ${first}`);
    return first;
  };
  await answer();
  const round = () => {
    const measured = answer();
    child.send('round');
    return measured;
  };
  return { name, round };
}

const round2 = (value) => Math.round(value * 100) / 100;

async function main() {
  const url = await startReceiver();
  const names = ['memory', 'bullmq', 'undici', 'memoryV1a', ...(DYNALITE_DELIVERIES > 0 ? ['dynalite'] : [])];
  const sides = [];
  for (const name of names) sides.push(await startSide(name, url));
  const rounds = new Map(names.map((name) => [name, []]));
  for (let at = -WARM_UP; at < ROUNDS; at += 1) {
    for (const { name, round } of at % 2 === 0 ? sides : sides.toReversed()) {
      const measured = await round();
      if (at >= 0) rounds.get(name).push(measured);
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
}
process.exit();
