import fc from 'fast-check';
import { Registry } from 'prom-client';
import { Breaker, type BreakerOptions, BreakerOpenError, Deadline, DeadlineExceededError, watchBreaker } from 'plinth-runtime/resilience';
import { ManualClock } from '../../support/manual-clock';

const fail = () => Promise.reject(new Error('down'));
const succeed = () => Promise.resolve('up');

describe('Breaker', () => {
  let clock: ManualClock;
  let changes: string[];

  beforeEach(() => {
    clock = new ManualClock();
    changes = [];
  });

  const breakerOf = (options: Partial<BreakerOptions> = {}) =>
    new Breaker({ name: 'provider', clock, onChange: (state, previous) => changes.push(`${previous} > ${state}`), ...options });
  const failTimes = async (breaker: Breaker, times: number) => {
    for (let time = 0; time < times; time += 1) await expect(breaker.run(fail)).rejects.toThrow('down');
  };
  const openBreaker = async (options: Partial<BreakerOptions> = {}) => {
    const breaker = breakerOf(options);
    await failTimes(breaker, 5);
    return breaker;
  };
  const halfOpenBreaker = async (options: Partial<BreakerOptions> = {}) => {
    const breaker = await openBreaker(options);
    await clock.advance(60_000);
    return breaker;
  };
  /** Work that ends when it is told to. */
  const held = () => {
    let end = { resolve: (_value: string) => {}, reject: (_error: Error) => {} };
    const promise = new Promise<string>((resolve, reject) => (end = { resolve, reject }));
    return { work: () => promise, ...end };
  };

  it('AST-4.1 stays closed at four failures', async () => {
    const breaker = breakerOf();
    await failTimes(breaker, 4);
    expect(breaker.state).toBe('closed');
  });

  it('AST-4.1 opens at the fifth failure within 60 s', async () => {
    const breaker = breakerOf();
    await failTimes(breaker, 4);
    await clock.advance(60_000);
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
  });

  it('AST-4.1 does not count a failure of more than 60 s ago', async () => {
    const breaker = breakerOf();
    await failTimes(breaker, 4);
    await clock.advance(60_001);
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('closed');
  });

  it('opens on failures among successes', async () => {
    const breaker = breakerOf();
    for (let time = 0; time < 4; time += 1) {
      await failTimes(breaker, 1);
      await breaker.run(succeed);
    }
    await failTimes(breaker, 1);
    expect(breaker.state).toBe('open');
  });

  it('VEC-3.1 refuses calls for 60 s without making them, and says how long', async () => {
    const breaker = await openBreaker();
    await clock.advance(59_999);
    const work = jest.fn(succeed);
    await expect(breaker.run(work)).rejects.toMatchObject({
      code: 'breaker_open',
      retryAfterMs: 1,
      message: 'provider is left alone after repeated failures; try again in 1 s',
    });
    expect(work).not.toHaveBeenCalled();
  });

  it.each([
    ['VEC-3.1 is half-open after 60 s by default', undefined, 60_000],
    ['AST-4.1 is half-open after 30 s when told so', 30_000, 30_000],
  ])('%s', async (_title, halfOpenAfterMs, after) => {
    const breaker = await openBreaker({ halfOpenAfterMs });
    await clock.advance(after - 1);
    const before = breaker.state;
    await clock.advance(1);
    expect([before, breaker.state]).toEqual(['open', 'half-open']);
  });

  it('AST-4.1 closes at one success', async () => {
    const breaker = await halfOpenBreaker();
    await breaker.run(succeed);
    expect([breaker.state, changes]).toEqual(['closed', ['closed > open', 'open > half-open', 'half-open > closed']]);
  });

  it('opens again when the probe fails, for as long again', async () => {
    const breaker = await halfOpenBreaker();
    await failTimes(breaker, 1);
    await clock.advance(59_999);
    const before = breaker.state;
    await clock.advance(1);
    expect([before, breaker.state]).toEqual(['open', 'half-open']);
  });

  it('lets one probe through and refuses the others at once', async () => {
    const breaker = await halfOpenBreaker();
    const probe = held();
    const probing = breaker.run(probe.work);
    await expect(breaker.run(succeed)).rejects.toMatchObject({ code: 'breaker_open', retryAfterMs: 0 });
    probe.resolve('up');
    expect(await probing).toBe('up');
  });

  it('lets another probe through when the first never ends', async () => {
    const breaker = await halfOpenBreaker();
    void breaker.run(held().work);
    await clock.advance(60_000);
    expect(await breaker.run(succeed)).toBe('up');
  });

  it('takes no notice of a probe that was given up', async () => {
    const breaker = await halfOpenBreaker();
    const first = held();
    const probing = breaker.run(first.work);
    await clock.advance(60_000);
    const second = held();
    const again = breaker.run(second.work);
    first.reject(new Error('late'));
    await expect(probing).rejects.toThrow('late');
    const afterLate = breaker.state;
    second.resolve('up');
    await again;
    expect([afterLate, breaker.state]).toEqual(['half-open', 'closed']);
  });

  it('takes no notice of what began before it opened', async () => {
    const breaker = breakerOf();
    const early = held();
    const running = breaker.run(early.work);
    await failTimes(breaker, 5);
    early.resolve('up');
    await running;
    expect(breaker.state).toBe('open');
  });

  it('counts from nothing once it has closed', async () => {
    const breaker = await halfOpenBreaker();
    await breaker.run(succeed);
    await failTimes(breaker, 4);
    expect(breaker.state).toBe('closed');
  });

  it('does not count a deadline of the caller', async () => {
    const breaker = breakerOf();
    const late = () => Promise.reject(new DeadlineExceededError(10));
    for (let time = 0; time < 9; time += 1) await expect(breaker.run(late)).rejects.toThrow('the deadline of 10 ms has passed');
    expect(breaker.state).toBe('closed');
  });

  it('lets the next call probe when a probe says nothing', async () => {
    const breaker = await halfOpenBreaker();
    await expect(breaker.run(() => Deadline.after(0, clock).check() as never)).rejects.toThrow('deadline');
    await breaker.run(succeed);
    expect(breaker.state).toBe('closed');
  });

  it('closes on an error of a dependency that is alive', async () => {
    const breaker = await halfOpenBreaker({ judge: (error) => ((error as Error).message === 'down' ? 'failure' : 'alive') });
    await expect(breaker.run(() => Promise.reject(new Error('no such model')))).rejects.toThrow('no such model');
    expect(breaker.state).toBe('closed');
  });

  it('AST-3.2 shows its state and its changes as metrics', async () => {
    const registry = new Registry();
    watchBreaker(breakerOf({ name: 'other' }), registry);
    const breaker = breakerOf();
    watchBreaker(breaker, registry);
    await failTimes(breaker, 5);
    const text = await registry.metrics();
    expect(text.split('\n').filter((line) => line.startsWith('breaker_'))).toEqual([
      'breaker_state{breaker="other"} 0',
      'breaker_state{breaker="provider"} 2',
      'breaker_changes_total{breaker="provider",state="open"} 1',
    ]);
  });

  it('opens exactly when five failures lie within 60 s, whatever the steps', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 40 });
    return fc.assert(
      fc.asyncProperty(steps, async (pauses) => {
        const own = new ManualClock();
        const breaker = new Breaker({ name: 'provider', clock: own });
        const at: number[] = [];
        for (const pause of pauses) {
          await own.advance(pause);
          if (breaker.state !== 'closed') break;
          await breaker.run(fail).catch(() => {});
          at.push(own.now());
          const dense = at.length >= 5 && at.at(-1)! - at.at(-5)! <= 60_000;
          expect(breaker.state).toBe(dense ? 'open' : 'closed');
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('throws an error of its own class', async () => {
    const breaker = await openBreaker();
    await expect(breaker.run(succeed)).rejects.toBeInstanceOf(BreakerOpenError);
  });
});
