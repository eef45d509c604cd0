import { Backoff } from './backoff';
import type { Clock } from '../resilience/clock';
import type { Connection } from './connection';
import { type DatabaseError, DatabaseClosedError, DatabaseUnavailableError, PoolExhaustedError } from './errors';
import { isTransient } from './faults';
import { abortedBefore, WaitingLine } from './waiting-line';

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
  /** Says that it broke under a statement. */
  broke(): void;
}

const IDLE_MS = 60_000;

/**
 * Connections to one server. The least number is kept warm, at most the greatest is open, waiting is in order and bounded. While the
 * server is away one connection at a time is tried, whoever waits; what waits is served when it is back.
 */
export class ConnectionPool {
  private readonly idle: { readonly connection: Connection; readonly since: number }[] = [];
  /** Those open, with their generation: connections begun since the last suspicion are of one. */
  private readonly live = new Map<Connection, number>();
  private generation = 0;
  private readonly line: WaitingLine<Lease>;
  private readonly backoff: Backoff;
  private readonly stop = new AbortController();
  private opening = 0;
  private lastFailure: DatabaseError | undefined;
  private drained: (() => void) | undefined;

  constructor(private readonly options: PoolOptions) {
    const { clock, acquireTimeoutMs: withinMs } = options;
    this.line = new WaitingLine({ clock, withinMs, timeout: () => this.timeout(), left: () => this.checkDrained() });
    this.backoff = new Backoff(clock, () => this.fill());
    this.fill();
    void this.sweep();
  }

  get counts() {
    const { idle, line, live, opening } = this;
    return { active: live.size - idle.length, idle: idle.length, waiting: line.length, total: live.size + opening };
  }

  acquire(signal?: AbortSignal): Promise<Lease> {
    if (this.closing)
      return Promise.reject(new DatabaseClosedError('database: must be open, got a statement after close; ask another task'));
    if (signal?.aborted) return Promise.reject(abortedBefore(signal));
    const idle = this.idle.pop();
    if (idle) return Promise.resolve(this.lease(idle.connection));
    const lease = this.line.join(signal);
    this.fill();
    return lease;
  }

  /**
   * A connection broke: others as old may be as dead without knowing. The idle ones go at once, the others when they are given back, and
   * nobody gets one again.
   */
  private suspect(generation: number): void {
    if (generation < this.generation) return;
    this.generation += 1;
    for (const { connection } of this.idle.splice(0)) this.drop(connection);
    this.fill();
  }

  /** Whoever has or awaits a connection finishes within the time, the rest are cut. */
  async close(withinMs: number): Promise<void> {
    this.stop.abort();
    for (const { connection } of this.idle.splice(0)) this.retire(connection);
    const empty = new Promise<void>((resolve) => (this.drained = resolve));
    this.checkDrained();
    const done = new AbortController();
    await Promise.race([empty, this.options.clock.sleep(withinMs, done.signal).catch(() => {})]);
    done.abort();
    this.line.refuse(new DatabaseClosedError('database: must be open, got closed before a connection came free; ask another task'));
    for (const connection of this.live.keys()) this.drop(connection);
  }

  private get closing(): boolean {
    return this.stop.signal.aborted;
  }

  private timeout(): DatabaseError {
    const { acquireTimeoutMs, max } = this.options;
    if (this.live.size > 0) {
      return new PoolExhaustedError(
        `database: one of ${max} connections must come free within ${acquireTimeoutMs} ms, got none; shorten statements or send fewer at once`,
      );
    }
    return (
      this.lastFailure ??
      new DatabaseUnavailableError(
        `database: the server must take a connection within ${acquireTimeoutMs} ms, got no answer; is it up?`,
        false,
      )
    );
  }

  private fill(): void {
    const { min, max } = this.options;
    const { active, waiting } = this.counts;
    const wanted = Math.min(max, Math.max(this.closing ? 0 : min, active + waiting));
    const mayOpen = () => !this.backoff.paused && (this.opening === 0 || !this.backoff.careful);
    while (this.live.size + this.opening < wanted && mayOpen()) void this.open();
  }

  private async open(): Promise<void> {
    this.opening += 1;
    const { generation } = this;
    try {
      const connection = await this.options.open();
      this.opening -= 1;
      this.backoff.succeeded();
      this.lastFailure = undefined;
      this.live.set(connection, generation);
      connection.onLost(() => this.lost(connection));
      if (generation === this.generation) this.offer(connection);
      else this.drop(connection);
      this.fill();
    } catch (error) {
      this.opening -= 1;
      this.failed(error as DatabaseError);
    }
  }

  private failed(error: DatabaseError): void {
    this.options.onFailure(error);
    this.lastFailure = error;
    // Connections that are there go on being used: who waits may get one of them.
    if (this.options.failFast || (!isTransient(error) && this.live.size === 0)) this.line.refuse(error);
    this.checkDrained();
    this.backoff.failed(this.closing ? undefined : this.stop.signal);
  }

  private offer(connection: Connection): void {
    if (this.line.serve(() => this.lease(connection))) return;
    if (this.closing) {
      this.retire(connection);
      this.checkDrained();
    } else this.idle.push({ connection, since: this.options.clock.now() });
  }

  private lease(connection: Connection): Lease {
    const generation = this.live.get(connection) ?? this.generation;
    let returned = false;
    const giveBack = (usable: boolean) => {
      if (returned) return;
      returned = true;
      if (usable && connection.clean && this.live.get(connection) === this.generation) return this.offer(connection);
      this.drop(connection);
      this.fill();
      this.checkDrained();
    };
    const broke = () => {
      this.suspect(generation);
      giveBack(false);
    };
    return { connection, release: () => giveBack(true), discard: () => giveBack(false), broke };
  }

  private retire(connection: Connection): void {
    this.live.delete(connection);
    connection.end();
  }

  private drop(connection: Connection): void {
    this.live.delete(connection);
    connection.destroy();
  }

  private lost(connection: Connection): void {
    this.live.delete(connection);
    const at = this.idle.findIndex((entry) => entry.connection === connection);
    if (at !== -1) this.idle.splice(at, 1);
    this.fill();
    this.checkDrained();
  }

  private checkDrained(): void {
    if (this.line.length === 0 && this.live.size === 0) this.drained?.();
  }

  /** Closes what has been idle for long, down to the least number. */
  private async sweep(): Promise<void> {
    const { clock, min } = this.options;
    const due = () => this.live.size > min && this.idle.length > 0 && this.idle[0].since <= clock.now() - IDLE_MS;
    try {
      for (;;) {
        await clock.sleep(IDLE_MS, this.stop.signal, { background: true });
        while (due()) this.retire(this.idle.shift()!.connection);
      }
    } catch {
      // The pool was closed.
    }
  }
}
