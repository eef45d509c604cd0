import { Deadline, systemClock, withTimeout } from 'plinth-runtime/resilience';
import { errorOf } from '../../support/error-of';
import { ManualClock, settle } from '../../support/manual-clock';

describe('Deadline', () => {
  let clock: ManualClock;

  beforeEach(() => {
    clock = new ManualClock();
  });

  it('tells what is left, never less than nothing', async () => {
    const deadline = Deadline.after(100, clock);
    const left = [deadline.remainingMs];
    await clock.advance(60);
    left.push(deadline.remainingMs);
    await clock.advance(60);
    expect([...left, deadline.remainingMs]).toEqual([100, 40, 0]);
  });

  it('aborts its signal when it passes', async () => {
    const { signal } = Deadline.after(100, clock);
    await clock.advance(99);
    const before = signal.aborted;
    await clock.advance(1);
    expect([before, signal.aborted, (signal.reason as Error).message]).toEqual([
      false,
      true,
      'the deadline of 100 ms has passed; give the request more time or ask for less',
    ]);
  });

  it('aborts with the client who goes away, and leaves no timer', async () => {
    const client = new AbortController();
    const deadline = Deadline.after(100, clock, client.signal);
    const { signal } = deadline;
    client.abort(new Error('client left'));
    await settle();
    expect([signal.reason, clock.sleeping]).toMatchObject([{ code: 'cancelled', cause: { message: 'client left' } }, 0]);
    expect(() => deadline.check()).toThrow('whoever asked has gone away');
  });

  it('is aborted from the start when it has passed, or the client has gone', () => {
    const gone = Deadline.after(100, clock, AbortSignal.abort(new Error('client left')));
    expect([Deadline.after(0, clock).signal.aborted, gone.signal.aborted]).toEqual([true, true]);
  });

  it('sets no timer until it is listened to', () => {
    Deadline.after(100, clock).check();
    expect(clock.sleeping).toBe(0);
  });

  it.each([-1, Number.NaN, 2 ** 31])('refuses %d', (ms) => {
    expect(() => Deadline.after(ms, clock)).toThrow(
      `Deadline.after: ms must be between 0 and 2147483647, got ${ms}; give the time in milliseconds`,
    );
  });
});

describe('withTimeout', () => {
  it('aborts work that takes too long, and rejects even if it takes no notice', async () => {
    const clock = new ManualClock();
    let seen: AbortSignal | undefined;
    const deaf = (signal: AbortSignal) => {
      seen = signal;
      return new Promise<never>(() => {});
    };
    const running = errorOf(withTimeout(deaf, { ms: 50, clock, onTimeout: () => new Error('too slow') }));
    await clock.advance(50);
    const error = await running;
    expect([error.message, seen?.aborted, seen?.reason]).toEqual(['too slow', true, error]);
  });

  it('leaves no timer and no listener behind', async () => {
    const clock = new ManualClock();
    const { signal } = new AbortController();
    const remove = jest.spyOn(signal, 'removeEventListener');
    await withTimeout(() => Promise.resolve(1), { ms: 50, clock, signal, onTimeout: () => new Error('too slow') });
    await settle();
    expect([clock.sleeping, remove.mock.calls.length]).toEqual([0, 1]);
  });
});

describe('the machine’s clock', () => {
  it('sleeps', async () => {
    const before = performance.now();
    await systemClock.sleep(5);
    expect(performance.now() - before).toBeGreaterThanOrEqual(4);
  });

  it('wakes with the reason of its signal', async () => {
    const abort = new AbortController();
    const sleeping = errorOf(systemClock.sleep(60_000, abort.signal));
    abort.abort(new Error('enough'));
    expect((await sleeping).message).toBe('enough');
    await expect(systemClock.sleep(60_000, abort.signal)).rejects.toThrow('enough');
  });
});
