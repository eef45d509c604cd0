import type { Clock, SleepOptions } from '../../runtime/src/resilience';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

export interface ManualClockOptions {
  /** Milliseconds since the epoch. */
  readonly now?: number;
  /** Waits that are steps of the work end at once, and the time moves by them; timeouts beside it (background) stay. */
  readonly skipsWaits?: boolean;
}

/**
 * A clock that moves when it is told to.
 *
 * @example
 * const clock = new ManualClock();
 * const work = doWork(clock);
 * await clock.advance(30_000);
 */
export class ManualClock implements Clock {
  /** Every wait that was asked for, timeouts excepted. */
  readonly waits: number[] = [];
  private time: number;
  private readonly sleepers = new Set<Sleeper>();

  constructor(private readonly options: ManualClockOptions = {}) {
    this.time = options.now ?? Date.UTC(2026, 0, 1);
  }

  /** How many sleep now, timeouts included. */
  get sleeping(): number {
    return this.sleepers.size;
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal, { background = false }: SleepOptions = {}): Promise<void> {
    if (!background) this.waits.push(ms);
    const slept = new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const cancel = () => {
        this.sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      const sleeper = {
        due: this.time + ms,
        wake: () => {
          signal?.removeEventListener('abort', cancel);
          resolve();
        },
      };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', cancel, { once: true });
    });
    if (!background && this.options.skipsWaits) this.skip(ms);
    return slept;
  }

  /** Moves the time on; whoever's time has come wakes in the order of time, and what they do next is awaited as far as no I/O is in it. */
  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    while (this.wakeNext(until)) await settle();
    this.time = Math.max(this.time, until);
    await settle();
  }

  private skip(ms: number): void {
    const until = this.time + ms;
    while (this.wakeNext(until));
    this.time = until;
  }

  private wakeNext(until: number): boolean {
    let next: Sleeper | undefined;
    for (const sleeper of this.sleepers) {
      if (sleeper.due <= until && (next === undefined || sleeper.due < next.due)) next = sleeper;
    }
    if (next === undefined) return false;
    this.time = Math.max(this.time, next.due);
    this.sleepers.delete(next);
    next.wake();
    return true;
  }
}

/** Lets everything happen that waits for no I/O and no time. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
