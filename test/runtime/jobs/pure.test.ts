import * as fc from 'fast-check';
import {
  bucketOf,
  canonicalJson,
  isFinal,
  isJobId,
  jobKinds,
  JobKindsError,
  KIND_DEFAULTS,
  newJobId,
  quantile,
  requestHash,
  retryDelay,
  upperBoundOf,
} from 'plinth-runtime/jobs';
import { cancel, claim, finish, heartbeat, type Job, type JsonValue, settle, submitted, sweep } from 'plinth-runtime/jobs';

const seed = 20_260_101;
const retention = { keptForMs: 90_000_000, resendAfterMs: 1000 };
const LEASE_MS = 500;

/** A step of anybody: a worker with any token it ever had, the owner, the sweeper, time. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom('claim', 'heartbeat', 'succeed', 'retry', 'fail', 'cancel', 'sweep', 'settle'),
    passed: fc.integer({ min: 0, max: 700 }),
    holder: fc.nat(9),
    progress: fc.nat(100),
  }),
  { maxLength: 40 },
);

function play(moves: (typeof steps extends fc.Arbitrary<infer Moves> ? Moves : never)[number][]): Job[] {
  let now = 1_000_000;
  const base = { id: 'j', tenantId: 't', kind: 'k', input: null, maxAttempts: 3, createdAt: now, deadlineAt: now + 5000, revision: '0' };
  const history = [submitted(base, retention)];
  for (const { what, passed, holder, progress } of moves) {
    now += passed;
    const job = history.at(-1)!;
    const token = String(Math.min(holder, job.attempt));
    const error = { code: 'e', message: 'e' };
    const run = {
      claim: () => claim(job, { token: String(job.attempt + 1), leaseMs: LEASE_MS, now }, retention),
      heartbeat: () => heartbeat(job, { token, leaseMs: LEASE_MS, progress, now }, retention),
      succeed: () => finish(job, token, { type: 'succeeded', result: token }, now, retention),
      retry: () => finish(job, token, { type: 'failed', error, retryAfterMs: progress }, now, retention),
      fail: () => finish(job, token, { type: 'failed', error }, now, retention),
      cancel: () => cancel(job, now, retention),
      sweep: () => sweep(job, now, retention),
      settle: () => ({ job: settle(job, now, retention) }),
    };
    const next = run[what]().job;
    if (next) history.push(next);
  }
  return history;
}

const expectAlways = (holds: (before: Job, after: Job) => boolean) =>
  fc.assert(
    fc.property(steps, (moves) => {
      const history = play(moves);
      return history.slice(1).every((after, at) => holds(history[at], after));
    }),
    { seed, numRuns: 500 },
  );

describe('whatever happens to a job', () => {
  test('a final state is never left', () => expectAlways((before) => !isFinal(before)));
  test('the attempt grows by one with each claim and never else', () =>
    expectAlways(
      (before, after) => after.attempt - before.attempt === Number(after.lease !== undefined && after.lease.token !== before.lease?.token),
    ));
  test('there are never more attempts than allowed', () => expectAlways((_, after) => after.attempt <= after.maxAttempts));
  test('it holds a lease exactly while it runs', () =>
    expectAlways((_, after) => (after.lease !== undefined) === (after.state === 'running')));
  test('a lease never outlives the deadline', () => expectAlways((_, after) => (after.lease?.until ?? 0) <= after.deadlineAt));
  test('the sweeper looks at it by its deadline, until it is final', () =>
    expectAlways((_, after) =>
      isFinal(after) ? after.dueAt === undefined : after.dueAt !== undefined && after.dueAt <= after.deadlineAt,
    ));
  test('a result is that of the attempt that held it', () =>
    expectAlways((before, after) => after.state !== 'succeeded' || (after.result === before.lease?.token && !before.cancelRequested)));
  test('cancellation asked for is never taken back', () =>
    expectAlways((before, after) => !before.cancelRequested || after.cancelRequested));
  test('a row is kept past its deadline or its end', () =>
    expectAlways((_, after) => after.ttl * 1000 >= (after.finishedAt ?? after.deadlineAt) + retention.keptForMs));
});

describe('an id', () => {
  const bytes = (byte: number) => (size: number) => Buffer.alloc(size, byte);

  test('sorts by the millisecond it was made in', () =>
    fc.assert(
      fc.property(
        fc.nat(2 ** 41),
        fc.integer({ min: 1, max: 2 ** 20 }),
        (at, later) => newJobId(at, bytes(255)) < newJobId(at + later, bytes(0)),
      ),
      { seed },
    ));

  test('is known by its form', () => {
    expect(newJobId(Date.UTC(2026, 0, 1), bytes(7))).toMatch(/^job_[0-9A-Z]{26}$/);
    expect(isJobId(newJobId(Date.UTC(2026, 0, 1), bytes(7)))).toBe(true);
    expect(['', 'job_', 'job_1', `job_${'I'.repeat(26)}`, `job_${'8'.repeat(26)}`, `${newJobId(0, bytes(0))}\n`].filter(isJobId)).toEqual(
      [],
    );
  });
});

describe('the hash of a request', () => {
  test('is the same for every order of keys', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).toReversed());
        return requestHash(object as JsonValue) === requestHash(turned as JsonValue);
      }),
      { seed },
    ));

  test('is of JSON that says the same', () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value as JsonValue))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed },
    ));
});

describe('durations', () => {
  test('are told at most a fifth too high', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400_000 }), (ms) => {
        const told = upperBoundOf(bucketOf(ms));
        return told >= Math.min(ms, told) && told <= ms * 1.19 && told >= ms - 1;
      }),
      { seed },
    ));

  test('have the quantile that so many took at most', () => {
    expect(
      quantile(
        new Map([
          [0, 95],
          [20, 5],
        ]),
        0.95,
      ),
    ).toBe(1);
    expect(
      quantile(
        new Map([
          [0, 94],
          [20, 6],
        ]),
        0.95,
      ),
    ).toBe(32);
    expect(quantile(new Map(), 0.5)).toBeUndefined();
  });
});

describe('kinds', () => {
  test('take their defaults', () => {
    expect(jobKinds([{ name: 'a' }]).get('a')).toEqual({ name: 'a', ...KIND_DEFAULTS });
  });

  test('name every fault at once', () => {
    const faulty = () => jobKinds([{ name: 'A b', maxAttempts: 0, leaseMs: 1.5 }]);

    expect(faulty).toThrow(JobKindsError);
    expect(faulty).toThrow(/got "A b"; A b: maxAttempts must be a whole number from 1 to 20, got 0; A b: leaseMs must be .*, got 1.5$/);
    expect(() => jobKinds([{ name: 'a' }, { name: 'a' }])).toThrow('names must differ, got one twice; rename a kind');
    expect(() => jobKinds([])).toThrow('there must be at least one kind, got none; name a kind');
  });

  test('wait twice as long after each attempt, half to all of it', () => {
    const kind = { name: 'a', ...KIND_DEFAULTS, retry: { baseMs: 1000, capMs: 5000 } };
    expect([1, 2, 3, 4, 30].map((attempt) => retryDelay(kind, attempt, 1))).toEqual([1000, 2000, 4000, 5000, 5000]);
    expect(retryDelay(kind, 1, 0)).toBe(500);
  });
});
