// Whoever hangs or waits holds up nobody: how long healthy deliveries take beside hung endpoints and beside many parked deliveries. Interleaved.
import { seeded } from '../harness/jobs/random.mjs';
import { machine, median } from './machine.mjs';
import { IsolationWorld, LATENCY_MS, INVOCATIONS, TIMEOUT_MS } from './webhooks/isolation-world.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 15);
const PER_SECOND = Number(process.env.PER_SECOND ?? 800);
const ENDPOINTS = Number(process.env.ENDPOINTS ?? 1000);
const HUNG = Math.max(1, Math.round(ENDPOINTS / 100));
const PARKED = Number(process.env.PARKED ?? 120_000);
const AMONG = 10;
/** By how much the p99 may grow. */
const MOST_GROWTH = Number(process.env.MOST_GROWTH ?? 0.1);
const SEED = Number(process.env.SEED ?? 20_260_101);

/** Unguarded: an endpoint may have as many posts on their way as come, among the others, to see that the hung ones would be felt. */
const sides = { alone: {}, hung: { hung: HUNG }, unguarded: { hung: HUNG, isGuarded: false }, parked: { parked: PARKED } };
const round2 = (value) => Math.round(value * 100) / 100;

async function round({ hung = 0, parked = 0, isGuarded }, at) {
  const world = new IsolationWorld({ endpoints: ENDPOINTS, hung, isGuarded, random: seeded(SEED + at) });
  await world.start({ parked, among: AMONG });
  globalThis.gc?.();
  await world.load(PER_SECOND, SECONDS);
  const dwells = world.receiver.dwells.toSorted((one, other) => one - other);
  const of = (share) => dwells[Math.floor(dwells.length * share)];
  return { p50: of(0.5), p99: of(0.99), delivered: dwells.length, hungPosts: world.receiver.hungPosts };
}

// What is new is slow: a moment that is not measured.
await new IsolationWorld({ endpoints: ENDPOINTS, hung: 0, random: seeded(SEED) }).warmUp(PER_SECOND);
const names = Object.keys(sides);
const rounds = Object.fromEntries(names.map((name) => [name, []]));
for (let at = 0; at < ROUNDS; at += 1) {
  for (const name of at % 2 === 0 ? names : names.toReversed()) {
    const measured = await round(sides[name], at);
    rounds[name].push(measured);
  }
}
const figures = {};
for (const name of names) {
  const of = (key) => round2(median(rounds[name].map((one) => one[key])));
  figures[name] = { p50Ms: of('p50'), p99Ms: of('p99'), delivered: of('delivered'), hungPosts: of('hungPosts') };
  console.log(name.padEnd(9), JSON.stringify(figures[name]));
}
// Of medians, as one round's garbage collection is not another's.
const growth = (name) => round2(figures[name].p99Ms / figures.alone.p99Ms - 1);
const growths = { p99GrowthHung: growth('hung'), p99GrowthUnguarded: growth('unguarded'), p99GrowthParked: growth('parked') };
const { p99GrowthHung, p99GrowthUnguarded, p99GrowthParked } = growths;
if (Math.max(p99GrowthHung, p99GrowthParked) > MOST_GROWTH || p99GrowthUnguarded <= MOST_GROWTH) process.exitCode = 1;
const load = { endpoints: ENDPOINTS, hungEndpoints: HUNG, parkedDeliveries: PARKED, perSecond: PER_SECOND };
const settings = { ...load, invocations: INVOCATIONS, latencyMs: LATENCY_MS, timeoutMs: TIMEOUT_MS, seconds: SECONDS, rounds: ROUNDS };
console.log(JSON.stringify({ bench: 'webhook-isolation', machine, figures: { ...figures, ...growths, ...settings } }));
process.exit();
