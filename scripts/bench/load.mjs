// 500 requests a second (REC-12.2) through the local platform's balancer and gateway, four of five answered from the response cache;
// then misses alone. `--seconds N` for a shorter run, `--rate N` for another rate. One error fails it.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { machine } from './machine.mjs';

const { values: given } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, rate: { type: 'string', default: '500' } } });
const SECONDS = Number(given.seconds);
const RATE = Number(given.rate);
const REPEATED = 0.8;
/** How many texts are asked again and again: what a visitor of the front page clicks. */
const POPULAR = 200;
const MISSES = { rate: Math.round(RATE * (1 - REPEATED)), seconds: Math.ceil(SECONDS / 3) };
const WARM_UP_SECONDS = 5;
const ANSWER_WITHIN_MS = 10_000;
const START_WITHIN_MS = 240_000;
const SEED = 1_348;

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'bench-load-'));

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = seeded(SEED);
const WORDS = JSON.parse(readFileSync(join(root, 'examples', 'recommendation-api', 'service', 'categories.json'), 'utf8'))
  .flatMap(({ description }) => description.toLowerCase().match(/[a-z]{4,}/g))
  .filter((word, at, all) => all.indexOf(word) === at);
let made = 0;

/** A text that was never asked before. */
function newText() {
  made += 1;
  return `${Array.from({ length: 8 }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ')} ${made}`;
}

/** Starts the platform; its output goes to a file, as the one that measures must not read it. */
async function startPlatform() {
  const path = join(folder, 'platform.log');
  const output = openSync(path, 'a');
  const child = spawn(process.execPath, [join(root, 'scripts', 'start.mjs'), '--port', '0'], {
    cwd: root,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(20_000)]);
    child.kill('SIGKILL');
  };
  for (let waited = 0; waited < START_WITHIN_MS && child.exitCode === null; waited += 200) {
    const url = /^ready: (http:\S+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
    if (url) return { url, stop };
    await sleep(200);
  }
  await stop();
  throw new Error(`the local platform must be ready within ${START_WITHIN_MS / 1000} s, got:\n${readFileSync(path, 'utf8').slice(-2_000)}`);
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** One question; what came of it, and when. */
function recommend(url, text) {
  const body = JSON.stringify({ text });
  return new Promise((resolve) => {
    const asked = request(`${url}/api/recommendations`, {
      method: 'POST',
      agent,
      headers: { 'X-Api-Key': 'local', 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      timeout: ANSWER_WITHIN_MS,
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', (error) => resolve({ state: 'ERROR', why: error.message, at: performance.now() }));
    asked.on('response', (answer) => {
      answer.resume();
      answer.on('end', () => {
        const state = answer.statusCode === 200 ? answer.headers['x-cache'] : 'ERROR';
        resolve({ state, why: `status ${answer.statusCode}`, at: performance.now() });
      });
      answer.on('error', (error) => resolve({ state: 'ERROR', why: error.message, at: performance.now() }));
    });
    asked.end(body);
  });
}

/**
 * Sends each question when it is due, however many are under way, and counts its time from then: a slow answer delays none of the
 * questions after it, and none of them looks quicker for having waited.
 */
async function send(url, { rate, seconds, textOf }) {
  const startedAt = performance.now();
  const answers = [];
  for (let at = 0; at < rate * seconds; at += 1) {
    const due = startedAt + (at * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 1) await sleep(wait);
    answers.push(recommend(url, textOf()).then((answer) => ({ ...answer, ms: answer.at - due })));
  }
  return Promise.all(answers);
}

function timesOf(answers) {
  const sorted = answers.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const at = (share) => Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? NaN) * 10) / 10;
  return { count: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) };
}

function summary(answers) {
  const of = (state) => answers.filter((answer) => answer.state === state);
  const errors = answers.filter(({ state }) => state !== 'HIT' && state !== 'MISS');
  return {
    ...timesOf(answers),
    hitRatio: Math.round((of('HIT').length / answers.length) * 1000) / 1000,
    hits: timesOf(of('HIT')),
    misses: timesOf(of('MISS')),
    errors: errors.length,
    ...(errors.length > 0 && { firstError: errors[0].why ?? errors[0].state }),
  };
}

async function main() {
  const { url, stop } = await startPlatform();
  try {
    const popular = Array.from({ length: POPULAR }, newText);
    let next = 0;
    await send(url, { rate: MISSES.rate, seconds: POPULAR / MISSES.rate, textOf: () => popular[next++] });
    const popularOne = () => popular[Math.floor(random() ** 2 * POPULAR)];
    const textOf = () => (random() < REPEATED ? popularOne() : newText());
    // Every process of the path compiles what it runs: not at the full rate.
    for (const share of [0.25, 0.5]) await send(url, { rate: RATE * share, seconds: WARM_UP_SECONDS, textOf });
    const mix = summary(await send(url, { rate: RATE, seconds: SECONDS, textOf }));
    const missesAlone = summary(await send(url, { ...MISSES, textOf: newText }));
    report(mix, missesAlone);
  } finally {
    await stop();
  }
}

function report(mix, missesAlone) {
  const figures = { rate: RATE, seconds: SECONDS, mix, missesAlone: { rate: MISSES.rate, seconds: MISSES.seconds, ...missesAlone } };
  const rows = { 'all of the mix': mix, hits: mix.hits, 'misses in the mix': mix.misses, 'misses alone': missesAlone };
  for (const [name, { count, p50Ms, p95Ms, p99Ms }] of Object.entries(rows)) {
    console.log(name.padEnd(18), `${count} answers, p50 ${p50Ms} ms, p95 ${p95Ms} ms, p99 ${p99Ms} ms`);
  }
  const faults = [];
  if (mix.errors + missesAlone.errors > 0)
    faults.push(`no answer may be an error, got ${mix.errors + missesAlone.errors}: ${mix.firstError ?? missesAlone.firstError}`);
  if (Math.abs(mix.hitRatio - REPEATED) > 0.03) faults.push(`the cache must answer ${REPEATED} of the mix, got ${mix.hitRatio}`);
  for (const fault of faults) console.error(`bench:load: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
  console.log(JSON.stringify({ bench: 'load', machine, figures }));
}

try {
  await main();
} finally {
  agent.destroy();
  rmSync(folder, { recursive: true, force: true });
}
