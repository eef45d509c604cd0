import fc from 'fast-check';
import { Bulkhead, Deadline, RateLimit } from 'plinth-runtime/resilience';
import { errorOf } from '../../support/error-of';
import { ManualClock, settle } from '../../support/manual-clock';

function held() {
  let finish: () => void = () => {};
  const done = new Promise<void>((resolve) => (finish = resolve));
  return { run: () => done, finish };
}

describe('Bulkhead', () => {
  let clock: ManualClock;
  let bulkhead: Bulkhead;

  beforeEach(() => {
    clock = new ManualClock();
    bulkhead = new Bulkhead({ name: 'provider', concurrency: 2, queue: 1 });
  });

  const deadline = () => Deadline.after(1_000, clock);

  it('lets so many run and so many wait', async () => {
    const works = [held(), held(), held()];
    const all = works.map(({ run }) => bulkhead.run(run, deadline()));
    const during = [bulkhead.active, bulkhead.queued];
    for (const { finish } of works) finish();
    await Promise.all(all);
    expect([during, bulkhead.active, bulkhead.queued]).toEqual([[2, 1], 0, 0]);
  });

  it('refuses the next at once', async () => {
    for (const { run } of [held(), held(), held()]) void bulkhead.run(run, deadline());
    await expect(bulkhead.run(held().run, deadline())).rejects.toMatchObject({
      code: 'bulkhead_full',
      message: 'provider takes 2 calls at a time and lets 1 wait; raise them or send fewer',
    });
  });

  it('serves the first who waits first', async () => {
    const order: number[] = [];
    const wide = new Bulkhead({ name: 'provider', concurrency: 1, queue: 3 });
    await Promise.all([1, 2, 3].map((place) => wide.run(() => Promise.resolve(order.push(place)))));
    expect(order).toEqual([1, 2, 3]);
  });

  it('lets nobody wait past the deadline', async () => {
    for (const { run } of [held(), held()]) void bulkhead.run(run);
    const waiting = errorOf(bulkhead.run(held().run, deadline()));
    await clock.advance(1_000);
    expect(await waiting).toMatchObject({ code: 'deadline_exceeded' });
    expect([bulkhead.active, bulkhead.queued]).toEqual([2, 0]);
  });

  it('frees the place of work that fails', async () => {
    await expect(bulkhead.run(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(bulkhead.active).toBe(0);
  });

  it('never runs more than it may', () => {
    return fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 30 }), async (turns) => {
        const own = new Bulkhead({ name: 'provider', concurrency: 3, queue: 100 });
        let running = 0;
        let most = 0;
        const work = async (count: number) => {
          running += 1;
          most = Math.max(most, running);
          for (let turn = 0; turn <= count + 3; turn += 1) await Promise.resolve();
          running -= 1;
        };
        await Promise.all(turns.map((count) => own.run(() => work(count))));
        expect(most).toBe(Math.min(3, turns.length));
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('RateLimit', () => {
  let clock: ManualClock;

  beforeEach(() => {
    clock = new ManualClock();
  });

  it('REC-14.1 lets 10,000 requests a minute go and no more, by default', async () => {
    const skipping = new ManualClock({ skipsWaits: true });
    const limit = new RateLimit({ name: 'provider', clock: skipping });
    const began = skipping.now();
    let within = 0;
    for (let call = 0; call < 10_100; call += 1) {
      await limit.take(Deadline.after(120_000, skipping));
      if (skipping.now() - began < 60_000) within += 1;
    }
    expect(within).toBeGreaterThan(9_900);
    expect(within).toBeLessThanOrEqual(10_000);
  });

  it('lets a burst go at once', async () => {
    const limit = new RateLimit({ name: 'provider', clock, perMinute: 600 });
    for (let call = 0; call < 10; call += 1) await limit.take(Deadline.after(0, clock));
    expect(clock.waits).toEqual([]);
  });

  it('lets the next wait for its turn', async () => {
    const limit = new RateLimit({ name: 'provider', clock, perMinute: 60, burst: 1 });
    await limit.take(Deadline.after(5_000, clock));
    const second = limit.take(Deadline.after(5_000, clock));
    await settle();
    expect(clock.waits).toEqual([1_000]);
    await clock.advance(1_000);
    await second;
  });

  it('fails at once when the turn comes after the deadline, and takes no place', async () => {
    const limit = new RateLimit({ name: 'provider', clock, perMinute: 60, burst: 1 });
    await limit.take(Deadline.after(100, clock));
    const refused = {
      code: 'rate_limited',
      retryAfterMs: 1_000,
      message: 'provider allows 60 calls a minute and has room in 1000 ms, after the deadline; send fewer or raise it',
    };
    await expect(limit.take(Deadline.after(1_000, clock))).rejects.toMatchObject(refused);
    await expect(limit.take(Deadline.after(1_000, clock))).rejects.toMatchObject(refused);
  });

  it.each([
    [{ perMinute: 0 }, 'RateLimit provider: perMinute must be a whole number between 1 and 10000000, got 0; change it'],
    [{ perMinute: 5, burst: 6 }, 'RateLimit provider: burst must be a whole number between 1 and 5, got 6; change it'],
  ])('refuses %j', (options, message) => {
    expect(() => new RateLimit({ name: 'provider', clock, ...options })).toThrow(message);
  });

  it('never lets more than its number go in any minute', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 120 });
    return fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(39), pauses, async (perMinute, extra, steps) => {
        const own = new ManualClock({ skipsWaits: true });
        const limit = new RateLimit({ name: 'provider', clock: own, perMinute, burst: 1 + (extra % perMinute) });
        const at: number[] = [];
        for (const pause of steps) {
          await own.advance(pause);
          await limit.take(Deadline.after(1e9, own));
          at.push(own.now());
        }
        for (const from of at) expect(at.filter((time) => time >= from && time < from + 60_000).length).toBeLessThanOrEqual(perMinute);
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});
