import fc from 'fast-check';
import { Deadline, retry, type RetryPolicy, retryWaitMs } from 'plinth-runtime/resilience';
import { errorOf } from '../../support/error-of';
import { ManualClock, settle } from '../../support/manual-clock';

class Busy extends Error {
  constructor(readonly afterMs?: number) {
    super('busy');
  }
}

describe('retry', () => {
  let clock: ManualClock;
  let attempts: number;

  beforeEach(() => {
    clock = new ManualClock({ skipsWaits: true });
    attempts = 0;
  });

  const policy = (change: Partial<RetryPolicy> = {}): RetryPolicy => ({
    clock,
    random: () => 0.5,
    isRetryable: (error) => error instanceof Busy,
    retryAfterMs: (error) => (error as Busy).afterMs,
    ...change,
  });
  const failing = (error: Error) => () => {
    attempts += 1;
    return Promise.reject(error);
  };
  const minute = () => Deadline.after(60_000, clock);

  it('REC-14.1 tries at most four times in all, with doubling waits', async () => {
    await expect(retry(failing(new Busy()), policy(), minute())).rejects.toThrow('busy');
    expect([attempts, clock.waits]).toEqual([4, [250, 500, 1_000]]);
  });

  it('returns the first success', async () => {
    const work = (attempt: number) => (attempt < 3 ? Promise.reject(new Busy()) : Promise.resolve(attempt));
    expect(await retry(work, policy(), minute())).toBe(3);
  });

  it('does not repeat what is not worth repeating', async () => {
    await expect(retry(failing(new Error('no such model')), policy(), minute())).rejects.toThrow('no such model');
    expect(attempts).toBe(1);
  });

  it('REC-14.1 gives up at once when the wait would pass the deadline', async () => {
    const began = clock.now();
    await expect(retry(failing(new Busy(1_000)), policy(), Deadline.after(1_200, clock))).rejects.toThrow('busy');
    expect([attempts, clock.waits, clock.now() - began]).toEqual([1, [], 0]);
  });

  it('waits for what Retry-After asks and the jitter after it', async () => {
    await expect(retry(failing(new Busy(2_000)), policy({ retries: 1 }), minute())).rejects.toThrow('busy');
    expect(clock.waits).toEqual([2_250]);
  });

  it('tells of each retry before its wait', async () => {
    const told: unknown[] = [];
    const onRetry = (_error: unknown, attempt: number, waitMs: number) => told.push([attempt, waitMs]);
    await expect(retry(failing(new Busy()), policy({ retries: 2, onRetry }), minute())).rejects.toThrow('busy');
    expect(told).toEqual([
      [1, 250],
      [2, 500],
    ]);
  });

  it('does nothing for a deadline that has passed', async () => {
    await expect(retry(failing(new Busy()), policy(), Deadline.after(0, clock))).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(attempts).toBe(0);
  });

  it('stops waiting when the client goes away', async () => {
    const still = new ManualClock();
    const client = new AbortController();
    const deadline = Deadline.after(60_000, still, client.signal);
    const running = retry(failing(new Busy()), policy({ clock: still }), deadline);
    const ended = errorOf(running);
    await settle();
    client.abort(new Error('client left'));
    const { message } = await ended;
    expect([message, attempts, still.sleeping]).toEqual(['whoever asked has gone away', 1, 0]);
  });

  it('never waits less than Retry-After, nor longer than it and the cap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        fc.integer({ min: 0, max: 3_600_000 }),
        (attempt, random, retryAfterMs) => {
          const waitMs = retryWaitMs(attempt, { random: () => random }, retryAfterMs);
          expect(waitMs).toBeGreaterThanOrEqual(retryAfterMs);
          expect(waitMs).toBeLessThanOrEqual(retryAfterMs + Math.min(8_000, 500 * 2 ** (attempt - 1)));
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  it('REC-14.1 never goes past the deadline, whatever the provider asks for', () => {
    const asks = fc.array(fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }), { minLength: 4, maxLength: 4 });
    const draws = fc.array(fc.double({ min: 0, max: 0.999_999, noNaN: true }), { minLength: 3, maxLength: 3 });
    return fc.assert(
      fc.asyncProperty(asks, draws, fc.integer({ min: 1, max: 30_000 }), async (given, random, deadlineMs) => {
        const own = new ManualClock({ skipsWaits: true });
        const deadline = Deadline.after(deadlineMs, own);
        const began: number[] = [];
        const work = (attempt: number) => {
          began.push(own.now());
          return Promise.reject(new Busy(given[attempt - 1]));
        };
        let draw = -1;
        const rolled = policy({ clock: own, random: () => random[(draw += 1)] });
        await expect(retry(work, rolled, deadline)).rejects.toThrow('busy');
        expect(began.every((at) => at < deadline.at)).toBe(true);
        expect(began.slice(1).every((at, index) => at - began[index] >= (given[index] ?? 0))).toBe(true);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
