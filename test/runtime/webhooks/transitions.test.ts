import * as fc from 'fast-check';
import {
  cancel,
  claim,
  created,
  delay,
  type Delivery,
  expire,
  finish,
  isFinal,
  park,
  release,
  resend,
  sweep,
} from 'plinth-runtime/webhooks';

const seed = 20_261_125;
const LEASE_MS = 500;

/** A step of anybody: a sender with any token it ever had, the owner, the sweeper, the gate. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom(
      'claim',
      'succeed',
      'retry',
      'fail',
      'probe',
      'break-off',
      'park',
      'delay',
      'release',
      'cancel',
      'expire',
      'resend',
      'sweep',
    ),
    passed: fc.integer({ min: 0, max: 700 }),
    holder: fc.nat(70),
  }),
  { maxLength: 120 },
);
type Moves = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;
const ENDS = ['succeed', 'retry', 'fail', 'probe', 'break-off'];

interface Change {
  readonly what: string;
  readonly token: string;
  readonly now: number;
  readonly before: Delivery;
  readonly after: Delivery;
}

function play(moves: Moves): Change[] {
  let now = 1_000_000;
  let delivery = created({
    id: 'del_1',
    messageId: 'msg_1',
    endpointId: 'whe_1',
    tenantId: 'acme',
    type: 'job.completed',
    trigger: 'auto',
    createdAt: now,
    ttl: 9_000,
    revision: '0',
  });
  const changes: Change[] = [];
  for (const { what, passed, holder } of moves) {
    now += passed;
    const before = delivery;
    const token = String(Math.min(holder, before.attempt));
    const facts = { detail: 'x'.repeat(600), status: 500 };
    const failed = { type: 'failed', failure: 'http-5xx', facts } as const;
    const run = {
      claim: () => claim(before, { token: String(before.attempt + 1), leaseMs: LEASE_MS, now }),
      succeed: () => finish(before, token, { type: 'succeeded', facts: { status: 200 } }, now),
      retry: () => finish(before, token, { ...failed, retryAt: now + 300 }, now),
      fail: () => finish(before, token, failed, now),
      probe: () => finish(before, token, { ...failed, retryAt: now + 300, isFree: true }, now),
      'break-off': () => finish(before, token, { type: 'unknown', facts: {} }, now),
      park: () => park(before, now),
      delay: () => delay(before, now + 200, now),
      release: () => release(before, now, now),
      cancel: () => cancel(before, now),
      expire: () => expire(before, now),
      resend: () => resend(before, { trigger: 'manual', ttl: 9_000, now }),
      sweep: () => sweep(before, now),
    };
    const next = run[what]().delivery;
    if (!next) continue;
    delivery = next;
    changes.push({ what, token, now, before, after: next });
  }
  return changes;
}

const expectAlways = (holds: (change: Change) => boolean) =>
  fc.assert(
    fc.property(steps, (moves) => play(moves).every(holds)),
    { seed, numRuns: 600 },
  );

describe('whatever happens to a delivery', () => {
  test('a final state is left by a resend alone', () => expectAlways(({ before, what }) => !isFinal(before) || what === 'resend'));
  test('the attempts grow by one with each claim that is let through, and never else', () =>
    expectAlways(
      ({ before, after }) =>
        after.attempt - before.attempt === Number(after.state === 'sending' && after.lease?.token !== before.lease?.token),
    ));
  test('it holds a lease exactly while it is being sent', () =>
    expectAlways(({ after }) => (after.lease !== undefined) === (after.state === 'sending')));
  test('an attempt under a lease that stands is ended by whoever holds it alone', () =>
    expectAlways(
      ({ before, after, what, token, now }) =>
        before.lease === undefined ||
        now >= before.lease.until ||
        after.lease?.token === before.lease.token ||
        (ENDS.includes(what) && token === before.lease.token),
    ));
  test('a record is taken from the attempt that holds the lease alone', () =>
    expectAlways(({ before, what, token }) => !ENDS.includes(what) || before.lease?.token === token));
  test('no attempt is left open but the one that is being sent', () =>
    expectAlways(({ after }) => {
      const open = after.attempts.filter(({ outcome }) => outcome === 'sending');
      return after.state === 'sending' ? open.length === 1 && open[0] === after.attempts.at(-1) : open.length === 0;
    }));
  test('what is known of an attempt is never written over', () =>
    expectAlways(({ before, after }) =>
      before.attempts.every(({ number, outcome }) => {
        const now = after.attempts.find((attempt) => attempt.number === number);
        return outcome === 'sending' || now === undefined || now.outcome === outcome;
      }),
    ));
  test('the sweeper looks at it until it is final or parked', () =>
    expectAlways(({ after, now }) =>
      isFinal(after) || after.state === 'parked' ? after.dueAt === undefined : after.dueAt !== undefined && after.dueAt <= now + 901_000,
    ));
  test('parking, probing, breaking off and being interrupted spend no attempt', () =>
    expectAlways(({ before, after, what }) => after.spent === before.spent || ['succeed', 'retry', 'fail', 'resend'].includes(what)));
  test('the log is bounded: 50 attempts, words of 5, 512 characters', () =>
    expectAlways(
      ({ after: { attempts, attempt } }) =>
        attempts.length === Math.min(50, attempt) &&
        attempts.slice(0, -5).every(({ detail }) => detail === undefined) &&
        attempts.every(({ detail = '' }) => detail.length <= 512),
    ));
});

test('keeps 50 of 60 attempts', () => {
  let delivery = created({
    id: 'd',
    messageId: 'm',
    endpointId: 'e',
    tenantId: 't',
    type: 'a',
    trigger: 'auto',
    createdAt: 0,
    ttl: 9,
    revision: '0',
  });
  for (let at = 1; at <= 60; at += 1) {
    delivery = claim(delivery, { token: String(at), leaseMs: LEASE_MS, now: at }).delivery!;
    const end = { type: 'failed', failure: 'reset', facts: { detail: 'x'.repeat(600) }, retryAt: at } as const;
    delivery = finish(delivery, String(at), end, at).delivery!;
  }
  expect(delivery.attempts).toHaveLength(50);
  expect(delivery.attempts[0].number).toBe(11);
  expect(delivery.attempts.map(({ detail }) => detail?.length).filter(Boolean)).toEqual([512, 512, 512, 512, 512]);
});

test('a wait of more than 15 minutes is found by its due time; a shorter one a minute after its hint', () => {
  const fresh = created({
    id: 'd',
    messageId: 'm',
    endpointId: 'e',
    tenantId: 't',
    type: 'a',
    trigger: 'auto',
    createdAt: 0,
    ttl: 9,
    revision: '0',
  });
  expect(delay(fresh, 900_000, 0).delivery?.dueAt).toBe(960_000);
  expect(delay(fresh, 900_001, 0).delivery?.dueAt).toBe(900_001);
});
