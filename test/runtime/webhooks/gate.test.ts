import * as fc from 'fast-check';
import { drain, emptied, laneOf, marked, type Settlement } from 'plinth-runtime/webhooks';
import { START, Told } from './told-gate';

const seed = 20_261_125;

describe('room', () => {
  test('is for as many as the endpoint takes at once', () => {
    const told = new Told({ inFlight: 3 });
    expect([1, 2, 3, 4].map(() => told.arrive().type)).toEqual(['admitted', 'admitted', 'admitted', 'refused']);
  });

  test('is given back by whoever was never heard of again', () => {
    const told = new Told({ inFlight: 1 });
    told.arrive();
    told.now += 24_999;
    expect(told.arrive()).toMatchObject({ type: 'refused', refusal: 'full' });
    told.now += 1;
    expect(told.arrive().type).toBe('admitted');
  });

  test('halves when the receiver has too much, then grows by one a round', () => {
    const told = new Told({ inFlight: 16 });
    told.post('alive', { isThrottled: true });
    expect(told.gate.window).toBe(8);
    told.post('alive', { isThrottled: true });
    expect(told.gate.window).toBe(4);
    for (let at = 0; at < 4; at += 1) told.post();
    expect(Math.floor(told.gate.window + 0.1)).toBe(5);
    for (let at = 0; at < 300; at += 1) told.post();
    expect(told.gate.window).toBe(16);
  });

  test('is closed to all while the receiver asked to wait', () => {
    const told = new Told();
    told.post('alive', { isThrottled: true, heldUntil: START + 90_000 });
    told.now += 89_999;
    expect(told.arrive()).toMatchObject({ type: 'refused', refusal: 'held' });
    told.now += 1;
    expect(told.arrive().type).toBe('admitted');
  });
});

describe('a rate', () => {
  test('lets a second of it through at once, and gives the others places in line', () => {
    const told = new Told({ inFlight: 100, ratePerSecond: 4 });
    expect([1, 2, 3, 4].map(() => told.arrive().type)).toEqual(Array(4).fill('admitted'));
    expect([1, 2, 3].map(() => told.arrive())).toMatchObject([1000, 1250, 1500].map((ms) => ({ refusal: 'rate', placeAt: START + ms })));
  });

  test('who has a place goes before who has none', () => {
    const told = new Told({ inFlight: 100, ratePerSecond: 1 });
    told.arrive();
    const { placeAt = 0 } = told.arrive() as { placeAt?: number };
    told.now = placeAt;
    expect(told.arrive()).toMatchObject({ type: 'refused', placeAt: placeAt + 1000 });
    expect(told.arrive(true).type).toBe('admitted');
  });

  test('is never passed, whoever comes when', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 20 }),
        (gaps, ratePerSecond) => {
          const told = new Told({ inFlight: 1000, ratePerSecond });
          const admitted: number[] = [];
          for (const gap of gaps) {
            told.now += gap;
            if (told.arrive(gap % 2 === 0).type === 'admitted') admitted.push(told.now);
          }
          return admitted.every((at) => admitted.filter((other) => other >= at && other < at + 1000).length <= 2 * ratePerSecond);
        },
      ),
      { seed, numRuns: 300 },
    ));
});

describe('what is parked', () => {
  const parked = (told: Told) => {
    told.gate = marked(told.gate, told.now) ?? told.gate;
    return told;
  };

  test('makes the gate due, at its probe while it is open', () => {
    const told = parked(new Told());
    expect(told.gate.dueAt).toBe(START + 60_000);
    expect(parked(new Told().open()).gate.dueAt).toBe(START + 30_000);
    expect(new Told().open().gate.dueAt).toBeUndefined();
  });

  test('is noted once a minute at most', () => {
    const told = parked(new Told());
    expect(marked(told.gate, told.now + 59_999)).toBeUndefined();
    expect(marked(told.gate, told.now + 60_000)).toMatchObject({ parkedSince: START, parkedAt: START + 60_000 });
  });

  test('is followed up: one for one that came back, and one more for each place the window grew', () => {
    const told = parked(new Told());
    expect(told.post().releases).toBe(1);
    const back = new Told();
    const { token } = parked(back) && back.halfOpen();
    expect(back.settle(token, 'ok').releases).toBe(2);
    expect(back.post().releases).toBe(2);
  });

  test('stays where it is while the breaker is open or the receiver asked to wait', () => {
    const open = parked(new Told().open());
    expect(drain(open.gate, open.limits, open.now + 29_999).result.releases).toBe(0);
    expect(drain(open.gate, open.limits, open.now + 30_000).result.releases).toBe(1);
    const held = parked(new Told());
    expect(held.post('alive', { isThrottled: true, heldUntil: START + 5000 }).releases).toBe(0);
    expect(drain(held.gate, held.limits, START + 4999).result.releases).toBe(0);
    expect(drain(held.gate, held.limits, START + 5000).result.releases).toBe(5);
  });

  test('goes as far apart as the rate wants it', () => {
    const told = parked(new Told({ inFlight: 5, ratePerSecond: 2 }));
    const { gate, result } = drain(told.gate, told.limits, START);
    expect(result).toEqual({ releases: 120, from: START, intervalMs: 500 });
    expect(drain(gate!, told.limits, START + 1000).result).toMatchObject({ releases: 2, from: START + 60_000 });
  });

  test('is believed to be nothing only five minutes after something was last about to be', () => {
    const told = parked(new Told());
    expect(emptied(told.gate, START + 299_999)).toBeUndefined();
    expect(emptied(told.gate, START + 300_000)).toMatchObject({ parkedSince: undefined, dueAt: undefined });
  });
});

describe('the lane', () => {
  test('is the quarantine while the breaker is not closed', () => {
    expect(laneOf(undefined, START)).toBe('deliver');
    expect(laneOf(new Told().open().gate, START)).toBe('quarantine');
    const half = new Told();
    half.halfOpen();
    expect(laneOf(half.gate, half.now)).toBe('quarantine');
  });

  test('is the quarantine after three time-outs in a row, until an answer in time', () => {
    const told = new Told();
    for (let at = 0; at < 3; at += 1) told.post('failure', { isTimeout: true });
    expect(laneOf(told.gate, told.now)).toBe('quarantine');
    expect(told.post('ok').lane).toBe('deliver');
  });

  test('is the quarantine while an answer is owed for more than a second, until it is there', () => {
    const told = new Told();
    const { token } = told.arrive();
    told.now += 1000;
    expect(laneOf(told.gate, told.now)).toBe('deliver');
    told.now += 1;
    expect(laneOf(told.gate, told.now)).toBe('quarantine');
    told.lane = 'deliver';
    expect(told.arrive()).toMatchObject({ type: 'refused', refusal: 'slow' });
    told.settle(token, 'ok', { latencyMs: 1001 });
    expect(told.arrive().type).toBe('admitted');
  });

  test('is not the quarantine while answers take as long as they always do', () => {
    const told = new Told();
    told.post('ok', { latencyMs: 2000 });
    told.arrive();
    told.now += 6000;
    expect(laneOf(told.gate, told.now)).toBe('deliver');
    told.now += 1;
    expect(laneOf(told.gate, told.now)).toBe('quarantine');
  });

  test('of an attempt that nobody ended is the quarantine for no longer than it holds its place', () => {
    const told = new Told();
    told.arrive();
    told.now += 24_999;
    expect(laneOf(told.gate, told.now)).toBe('quarantine');
    told.now += 1;
    expect(laneOf(told.gate, told.now)).toBe('deliver');
  });

  test('is the quarantine when answers take over 5 seconds in the mean', () => {
    const told = new Told();
    told.post('ok', { latencyMs: 100 });
    expect(told.post('ok', { latencyMs: 9000 }).lane).toBe('deliver');
    for (let at = 0; at < 5; at += 1) told.post('ok', { latencyMs: 9000 });
    expect(laneOf(told.gate, told.now)).toBe('quarantine');
  });
});

test('whatever comes and goes, never more are on their way than the endpoint takes', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          what: fc.constantFrom<Settlement['verdict'] | 'arrive'>('arrive', 'arrive', 'ok', 'alive', 'failure', 'trip', 'nothing'),
          passed: fc.integer({ min: 0, max: 20_000 }),
          isThrottled: fc.boolean(),
        }),
        { maxLength: 120 },
      ),
      fc.integer({ min: 1, max: 6 }),
      (moves, inFlight) => {
        const told = new Told({ inFlight });
        let held: { token: string; until: number }[] = [];
        for (const { what, passed, isThrottled } of moves) {
          told.now += passed;
          held = held.filter(({ until }) => until > told.now);
          if (what === 'arrive') {
            const { type, token } = told.arrive();
            if (type === 'admitted') held.push({ token, until: told.now + 25_000 });
          } else told.settle(held.shift()?.token ?? 'none', what, { isThrottled });
          if (held.length > inFlight || told.gate.window < 1 || told.gate.window > inFlight) return false;
        }
        return true;
      },
    ),
    { seed, numRuns: 500 },
  ));
