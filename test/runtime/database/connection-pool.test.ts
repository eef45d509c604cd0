import type { DatabaseError } from 'plinth-runtime/database';
import { DatabaseUnavailableError, LoginRefusedError } from 'plinth-runtime/database';
import type { Connection } from '../../../runtime/src/database/connection';
import { ConnectionPool, type Lease, type PoolOptions } from '../../../runtime/src/database/pool';
import { ManualClock, settle } from '../../support/manual-clock';
import { failureOf } from './support';

class FakeConnection {
  clean = true;
  state = 'open';
  private lost = () => {};
  onLost(lost: () => void) {
    this.lost = lost;
  }
  end() {
    this.state = 'ended';
  }
  destroy() {
    this.state = 'destroyed';
  }
  break() {
    this.clean = false;
    this.lost();
  }
}

const AWAY = new DatabaseUnavailableError('away', false);

describe('connections of a pool', () => {
  let clock: ManualClock;
  let opened: FakeConnection[];
  let attempts: number;
  let fault: DatabaseError | undefined;
  let failures: string[];
  let pool: ConnectionPool;

  beforeEach(() => {
    clock = new ManualClock();
    opened = [];
    attempts = 0;
    fault = undefined;
    failures = [];
  });
  afterEach(() => close());
  async function close(): Promise<void> {
    const closing = pool.close(0);
    await clock.advance(0);
    await closing;
  }

  const open = () => {
    attempts += 1;
    if (fault) return Promise.reject(fault);
    const connection = new FakeConnection();
    opened.push(connection);
    return Promise.resolve(connection as unknown as Connection);
  };
  function start(change: Partial<PoolOptions> = {}): ConnectionPool {
    const onFailure = ({ code }: DatabaseError) => failures.push(code);
    pool = new ConnectionPool({ min: 2, max: 4, acquireTimeoutMs: 30_000, failFast: false, open, clock, onFailure, ...change });
    return pool;
  }
  const take = (count: number): Promise<Lease[]> => Promise.all(Array.from({ length: count }, () => pool.acquire()));
  const outcomeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'served',
      (error: DatabaseError) => error.code,
    );

  it('REC-2.11 stand warm before anybody asks', async () => {
    start();
    await settle();
    expect(pool.counts).toEqual({ active: 0, idle: 2, waiting: 0, total: 2 });
  });

  it('are replaced when they break idle', async () => {
    start();
    await settle();
    opened[0].break();
    await settle();
    expect([pool.counts.idle, opened.length]).toEqual([2, 3]);
  });

  it('REC-2.11 are never more than may be, whoever waits', async () => {
    start();
    const leases = await take(4);
    const waiting = pool.acquire();
    await settle();
    const counts = { ...pool.counts };
    leases[0].release();
    expect([counts, (await waiting).connection]).toEqual([{ active: 4, idle: 0, waiting: 1, total: 4 }, leases[0].connection]);
  });

  it('are given in the order they were asked for', async () => {
    start({ min: 1, max: 1 });
    const [lease] = await take(1);
    const served: number[] = [];
    const waiting = [0, 1, 2].map((at) => pool.acquire().then((next) => (served.push(at), next.release())));
    lease.release();
    await Promise.all(waiting);
    expect(served).toEqual([0, 1, 2]);
  });

  it('REC-2.11 that do not come free within 30 s are an error that says so', async () => {
    start();
    await take(4);
    const waiting = pool.acquire();
    const failed = failureOf(waiting);
    await clock.advance(30_000);
    expect(await failed).toMatchObject({
      code: 'pool-exhausted',
      message: 'database: one of 4 connections must come free within 30000 ms, got none; shorten statements or send fewer at once',
    });
    expect(pool.counts.waiting).toBe(0);
  });

  it('are not waited for by whom aborts', async () => {
    start();
    await take(4);
    const abort = new AbortController();
    const waiting = outcomeOf(pool.acquire(abort.signal));
    abort.abort();
    expect([await waiting, pool.counts.waiting, await outcomeOf(pool.acquire(abort.signal))]).toEqual([
      'query-aborted',
      0,
      'query-aborted',
    ]);
  });

  it('are not used again in the middle of a transaction', async () => {
    start();
    const [lease] = await take(1);
    opened.find((one) => (one as unknown) === lease.connection)!.clean = false;
    lease.release();
    await settle();
    expect(opened.map(({ state }) => state).toSorted()).toEqual(['destroyed', 'open', 'open']);
  });

  it('are given back once', async () => {
    start();
    const [lease] = await take(1);
    lease.release();
    lease.release();
    lease.discard();
    await settle();
    expect(pool.counts).toEqual({ active: 0, idle: 2, waiting: 0, total: 2 });
  });

  it('that idle for a minute are closed, down to the least number', async () => {
    start();
    for (const lease of await take(4)) lease.release();
    await clock.advance(120_000);
    expect([pool.counts.total, opened.filter(({ state }) => state === 'ended').length]).toEqual([2, 2]);
  });

  it('of a server that is away are tried one at a time, at growing intervals up to a second', async () => {
    fault = AWAY;
    start();
    const waiting = Array.from({ length: 20 }, () => outcomeOf(pool.acquire()));
    await settle();
    const first = attempts;
    await clock.advance(100 + 200 + 400 + 800);
    const later = attempts;
    await clock.advance(5_000);
    expect([first, later - first, attempts - later]).toEqual([4, 4, 5]);
    fault = undefined;
    await clock.advance(1_000);
    expect(attempts).toBeGreaterThan(14);
    await close();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['served', 'database-closed']));
  });

  it('of a server that comes back serve whoever waited', async () => {
    fault = AWAY;
    start();
    const waiting = outcomeOf(pool.acquire());
    await clock.advance(20_000);
    fault = undefined;
    await clock.advance(1_000);
    expect(await waiting).toBe('served');
  });

  it('of a server that stays away are an error after 30 s', async () => {
    fault = AWAY;
    start();
    const waiting = outcomeOf(pool.acquire());
    await clock.advance(30_000);
    expect(await waiting).toBe('database-unavailable');
  });

  it('that are refused the login are an error at once', async () => {
    fault = new LoginRefusedError('refused');
    start();
    expect([await outcomeOf(pool.acquire()), failures[0]]).toEqual(['login-refused', 'login-refused']);
  });

  it('that are refused the login leave others to be waited for', async () => {
    start();
    const [lease] = await take(2);
    fault = new LoginRefusedError('refused');
    const waiting = outcomeOf(pool.acquire());
    await clock.advance(1_000);
    lease.release();
    expect(await waiting).toBe('served');
  });

  it('fail fast where there is somewhere else to go', async () => {
    fault = AWAY;
    start({ failFast: true });
    expect(await outcomeOf(pool.acquire())).toBe('database-unavailable');
  });

  it('as old as one that broke are dropped, the idle ones at once and the others when they are given back', async () => {
    start({ min: 3 });
    const [first, second] = await take(2);
    first.broke();
    await settle();
    second.release();
    await settle();
    expect(opened.map(({ state }) => state)).toEqual(['destroyed', 'destroyed', 'destroyed', 'open', 'open', 'open']);
  });

  it('are suspected once for all that break together', async () => {
    start();
    const [first, second] = await take(2);
    first.broke();
    await settle();
    second.broke();
    await settle();
    expect(opened.map(({ state }) => state)).toEqual(['destroyed', 'destroyed', 'open', 'open']);
  });

  it('that were being made when another broke are not used', async () => {
    const slow: (() => void)[] = [];
    start({ min: 1, open: async () => (opened.length > 0 && (await new Promise<void>((resolve) => slow.push(resolve))), open()) });
    const [first] = await take(1);
    const waiting = pool.acquire();
    await settle();
    first.broke();
    slow.shift()!();
    await settle();
    expect(opened.map(({ state }) => state)).toEqual(['destroyed', 'destroyed']);
    slow.shift()!();
    expect((await waiting).connection).toBe(opened[2]);
  });

  it('are refused after close, and finish what they do', async () => {
    start();
    const leases = await take(4);
    const waiting = outcomeOf(pool.acquire());
    const closing = pool.close(10_000);
    const refused = await outcomeOf(pool.acquire());
    for (const lease of leases) lease.release();
    expect([refused, await waiting]).toEqual(['database-closed', 'served']);
    await clock.advance(10_000);
    await closing;
    expect(opened.map(({ state }) => state)).toEqual(['destroyed', 'ended', 'ended', 'ended']);
  });

  it('are cut when they take longer than the drain', async () => {
    start();
    await take(1);
    const closing = pool.close(10_000);
    await clock.advance(10_000);
    await closing;
    expect(opened.map(({ state }) => state).toSorted()).toEqual(['destroyed', 'ended']);
  });
});
