import type { Clock } from '../resilience/clock';
import { type DatabaseError, QueryAbortedError } from './errors';

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: DatabaseError) => void;
}

interface Line {
  readonly clock: Clock;
  readonly withinMs: number;
  /** What is told to whom waited too long. */
  readonly timeout: () => DatabaseError;
  /** Somebody went away unserved. */
  readonly left: () => void;
}

/** Those who wait for a connection: served in order, each for a bounded time, and free to go. */
export class WaitingLine<T> {
  private readonly waiters: Waiter<T>[] = [];

  constructor(private readonly line: Line) {}

  get length(): number {
    return this.waiters.length;
  }

  join(signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const served = new AbortController();
      const waiter: Waiter<T> = {
        resolve: (value) => {
          served.abort();
          resolve(value);
        },
        reject: (error) => {
          served.abort();
          reject(error);
        },
      };
      this.waiters.push(waiter);
      signal?.addEventListener('abort', () => this.leave(waiter, abortedBefore(signal)), { once: true, signal: served.signal });
      this.line.clock.sleep(this.line.withinMs, served.signal).then(
        () => this.leave(waiter, this.line.timeout()),
        () => {},
      );
    });
  }

  /** Whether there was somebody to serve. */
  serve(value: () => T): boolean {
    const waiter = this.waiters.shift();
    waiter?.resolve(value());
    return waiter !== undefined;
  }

  refuse(error: DatabaseError): void {
    for (const waiter of this.waiters.splice(0)) waiter.reject(error);
  }

  private leave(waiter: Waiter<T>, error: DatabaseError): void {
    const at = this.waiters.indexOf(waiter);
    if (at === -1) return;
    this.waiters.splice(at, 1);
    waiter.reject(error);
    this.line.left();
  }
}

export function abortedBefore(signal: AbortSignal): QueryAbortedError {
  return new QueryAbortedError('database: aborted before the statement began', { cause: signal.reason });
}
