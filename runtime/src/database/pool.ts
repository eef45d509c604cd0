import type { Clock } from './clock';
import type { Connection } from './connection';
import { type DatabaseError, DatabaseClosedError, DatabaseUnavailableError, PoolExhaustedError, QueryAbortedError } from './errors';
import { isTransient } from './faults';

export interface PoolOptions {
  readonly min: number;
  readonly max: number;
  readonly acquireTimeoutMs: number;
  /** Whether who waits is told of the first failed connection, where there is somewhere else to go. */
  readonly failFast: boolean;
  readonly open: () => Promise<Connection>;
  readonly clock: Clock;
  readonly onFailure: (error: DatabaseError) => void;
}

/** A connection of one user's; given back once, by either. */
export interface Lease {
  readonly connection: Connection;
  release(): void;
  discard(): void;
}

interface Waiter {
  readonly resolve: (lease: Lease) => void;
  readonly reject: (error: DatabaseError) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
const IDLE_MS = 60_000;

/**
 * Connections for one server. The least number is kept warm, at most the greatest is open, waiting is in order and bounded. While the
 * server is away one connection at a time is tried, whoever waits; what waits is served when it is back.
 */
export class ConnectionPool {
  private readonly idle: { readonly connection: Connection; readonly since: number }[] = [];
  private readonly waiters: Waiter[] = [];
  private readonly live = new Set<Connection>();
  private readonly stop = new AbortController();
  private opening = 0;
  private failuresInARow = 0;
  private lastFailure: DatabaseError | undefined;
  private paused = false;
  private drained: (() => void) | undefined;

  constructor(private readonly options: PoolOptions) {
    this.fill();
    void this.sweep();
  }

  get counts() {
    const { idle, waiters, live, opening } = this;
    return { active: live.size - idle.length, idle: idle.length, waiting: waiters.length, total: live.size + opening };
  }

  acquire(signal?: AbortSignal): Promise<Lease> {
    if (this.stop.signal.aborted) return Promise.reject(new DatabaseClosedError('database: closed, so that no new statement can run'));
    if (signal?.aborted) return Promise.reject(aborted(signal));
    const idle = this.idle.pop();
    if (idle) return Promise.resolve(this.lease(idle.connection));
    return new Promise((resolve, reject) => this.enqueue({ resolve, reject }, signal));
  }

  /** A connection broke: others that are idle may be as dead without knowing. */
  suspect(): void {
    for (const { connection } of this.idle.splice(0)) this.drop(connection);
    this.fill();
  }

  /** Whoever has or awaits a connection finishes within the time, the rest are cut. */
  async close(withinMs: number): Promise<void> {
    if (!this.stop.signal.aborted) this.stop.abort();
    for (const { connection } of this.idle.splice(0)) {
      this.live.delete(connection);
      connection.end();
    }
    const done = new AbortController();
    const empty = new Promise<void>((resolve) => (this.drained = resolve));
    this.checkDrained();
    await Promise.race([empty, this.options.clock.sleep(withinMs, done.signal).catch(() => {})]);
    done.abort();
    for (const waiter of this.waiters.splice(0)) waiter.reject(new DatabaseClosedError('database: closed before a connection came free'));
    for (const connection of this.live) this.drop(connection);
  }

  private enqueue({ resolve, reject }: Waiter, signal?: AbortSignal): void {
    const done = new AbortController();
    const leave = (error: DatabaseError) => {
      const at = this.waiters.indexOf(waiter);
      if (at === -1) return;
      this.waiters.splice(at, 1);
      waiter.reject(error);
      this.checkDrained();
    };
    const abort = () => leave(aborted(signal!));
    const finish = () => {
      done.abort();
      signal?.removeEventListener('abort', abort);
    };
    const waiter: Waiter = { resolve: (lease) => (finish(), resolve(lease)), reject: (error) => (finish(), reject(error)) };
    this.waiters.push(waiter);
    signal?.addEventListener('abort', abort, { once: true });
    this.options.clock.sleep(this.options.acquireTimeoutMs, done.signal).then(
      () => leave(this.timeout()),
      () => {},
    );
    this.fill();
  }

  private timeout(): DatabaseError {
    const { acquireTimeoutMs, max } = this.options;
    if (this.live.size === 0 && this.lastFailure) return this.lastFailure;
    if (this.live.size === 0)
      return new DatabaseUnavailableError(`database: must connect within ${acquireTimeoutMs} ms, got no answer`, false);
    return new PoolExhaustedError(
      `database: one of ${max} connections must come free within ${acquireTimeoutMs} ms, got none; shorten statements or lower the concurrency`,
    );
  }

  private fill(): void {
    const { min, max } = this.options;
    const { active, waiting } = this.counts;
    const least = this.stop.signal.aborted ? 0 : min;
    const wanted = Math.min(max, Math.max(least, active + waiting));
    while (!this.paused && this.live.size + this.opening < wanted && (this.failuresInARow === 0 || this.opening === 0)) void this.open();
  }

  private async open(): Promise<void> {
    this.opening += 1;
    try {
      const connection = await this.options.open();
      this.failuresInARow = 0;
      this.lastFailure = undefined;
      this.live.add(connection);
      connection.onLost(() => this.forget(connection));
      this.opening -= 1;
      this.offer(connection);
    } catch (error) {
      this.opening -= 1;
      this.failed(error as DatabaseError);
    }
    this.fill();
  }

  private failed(error: DatabaseError): void {
    this.options.onFailure(error);
    this.lastFailure = error;
    if (this.options.failFast || (!isTransient(error) && this.live.size === 0)) {
      for (const waiter of this.waiters.splice(0)) waiter.reject(error);
    }
    this.checkDrained();
    this.failuresInARow += 1;
    if (this.paused) return;
    this.paused = true;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failuresInARow - 1));
    this.options.clock.sleep(pause).then(
      () => {
        this.paused = false;
        this.fill();
      },
      () => {},
    );
  }

  private offer(connection: Connection): void {
    const waiter = this.waiters.shift();
    if (waiter) return waiter.resolve(this.lease(connection));
    if (!this.stop.signal.aborted) {
      this.idle.push({ connection, since: this.options.clock.now() });
      return;
    }
    this.live.delete(connection);
    connection.end();
    this.checkDrained();
  }

  private lease(connection: Connection): Lease {
    let returned = false;
    const give = (back: () => void) => () => {
      if (returned) return;
      returned = true;
      back();
    };
    const discard = () => {
      this.drop(connection);
      this.fill();
      this.checkDrained();
    };
    return {
      connection,
      release: give(() => (connection.clean && this.live.has(connection) ? this.offer(connection) : discard())),
      discard: give(discard),
    };
  }

  private drop(connection: Connection): void {
    this.live.delete(connection);
    connection.destroy();
  }

  private forget(connection: Connection): void {
    this.live.delete(connection);
    const at = this.idle.findIndex((entry) => entry.connection === connection);
    if (at !== -1) this.idle.splice(at, 1);
    this.fill();
    this.checkDrained();
  }

  private checkDrained(): void {
    if (this.waiters.length === 0 && this.live.size === 0 && this.opening === 0) this.drained?.();
  }

  /** Closes what has been idle for long, down to the least number. */
  private async sweep(): Promise<void> {
    const { clock, min } = this.options;
    try {
      for (;;) {
        await clock.sleep(IDLE_MS, this.stop.signal);
        while (this.live.size > min && this.idle.length > 0 && this.idle[0].since <= clock.now() - IDLE_MS) {
          const [{ connection }] = this.idle.splice(0, 1);
          this.live.delete(connection);
          connection.end();
        }
      }
    } catch {
      // The pool was closed.
    }
  }
}

function aborted(signal: AbortSignal): QueryAbortedError {
  return new QueryAbortedError('database: aborted before the statement began', { cause: signal.reason });
}
