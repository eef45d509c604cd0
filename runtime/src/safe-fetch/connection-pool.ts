import type { Clock } from '../resilience/clock';
import type { Connection } from './connection';

export interface PoolOptions {
  /** Unused connections that are kept in all; the one that waited longest is closed for the next. */
  readonly maxIdle: number;
  /** Of these, at most so many to one origin at one address. */
  readonly maxIdlePerTarget: number;
  /** How long they are kept, in milliseconds. A process that was frozen finds out here, as its timers did not run. */
  readonly idleMs: number;
}

interface Idle {
  readonly key: string;
  readonly connection: Connection;
  readonly since: number;
}

/** Open connections that wait for their next request, each under its origin and the address that was checked. */
export class ConnectionPool {
  /** In the order in which they came back: the first has waited longest. */
  private readonly idle = new Map<Connection, Idle>();
  private readonly byKey = new Map<string, Connection[]>();
  private isClosed = false;

  constructor(
    private readonly options: PoolOptions,
    private readonly clock: Clock,
  ) {}

  get size(): number {
    return this.idle.size;
  }

  /** The one that was used last: those that are not needed grow old. */
  take(key: string): Connection | undefined {
    for (let connection = this.byKey.get(key)?.at(-1); connection; connection = this.byKey.get(key)?.at(-1)) {
      const { since } = this.idle.get(connection)!;
      this.remove(connection);
      if (connection.isOpen && this.clock.now() - since < this.options.idleMs) return connection;
      connection.close();
    }
    return undefined;
  }

  give(key: string, connection: Connection): void {
    const waiting = this.byKey.get(key) ?? [];
    if (this.isClosed || !connection.isOpen || waiting.length >= this.options.maxIdlePerTarget) return connection.close();
    waiting.push(connection);
    this.byKey.set(key, waiting);
    this.idle.set(connection, { key, connection, since: this.clock.now() });
    if (this.idle.size > this.options.maxIdle) this.drop(this.idle.keys().next().value!);
  }

  /** Forgets one that is gone. */
  remove(connection: Connection): void {
    const idle = this.idle.get(connection);
    if (!idle) return;
    this.idle.delete(connection);
    const waiting = this.byKey.get(idle.key)!.filter((other) => other !== connection);
    if (waiting.length > 0) this.byKey.set(idle.key, waiting);
    else this.byKey.delete(idle.key);
  }

  close(): void {
    this.isClosed = true;
    for (const connection of this.idle.keys()) this.drop(connection);
  }

  private drop(connection: Connection): void {
    this.remove(connection);
    connection.close();
  }
}
