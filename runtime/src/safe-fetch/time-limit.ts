import { alarm, type Clock, LONGEST_WAIT_MS } from '../resilience/clock';
import { SafeFetchError, type SafeFetchErrorDetails } from './errors';

/** What ended a post early. */
export interface Ending {
  readonly by: 'time' | 'caller';
  readonly reason?: unknown;
}

/** One deadline for everything a post does, and the caller's own signal: whoever is first ends it, once. */
export class TimeLimit {
  private readonly startedAt: number;
  private readonly stop?: () => void;
  private readonly watchers = new Set<(ending: Ending) => void>();
  private ending?: Ending;

  constructor(
    private readonly ms: number,
    private readonly clock: Clock,
    private readonly signal?: AbortSignal,
  ) {
    if (!(ms > 0 && ms <= LONGEST_WAIT_MS)) {
      throw new RangeError(`SafeFetch.post: timeoutMs must be more than 0 and at most ${LONGEST_WAIT_MS}, got ${ms}; give milliseconds`);
    }
    this.startedAt = clock.now();
    if (signal?.aborted) this.leave();
    else {
      signal?.addEventListener('abort', this.leave, { once: true });
      this.stop = alarm(clock, ms, () => this.end({ by: 'time' }));
    }
  }

  get elapsedMs(): number {
    return this.clock.now() - this.startedAt;
  }

  get remainingMs(): number {
    return Math.max(0, this.ms - this.elapsedMs);
  }

  /** Calls back when the time is over, at once if it is; the answer takes that back. */
  watch(watcher: (ending: Ending) => void): () => void {
    if (this.ending) watcher(this.ending);
    else this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Waits for what is no longer wanted once the time is over. */
  race<T>(work: Promise<T>, over: (ending: Ending) => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const unwatch = this.watch((ending) => reject(over(ending)));
      work.then(resolve, reject).finally(unwatch);
    });
  }

  /** Nobody waits any more: no timer and no listener stay. */
  release(): void {
    this.signal?.removeEventListener('abort', this.leave);
    this.watchers.clear();
    this.stop?.();
  }

  private readonly leave = () => this.end({ by: 'caller', reason: this.signal?.reason as unknown });

  private end(ending: Ending): void {
    if (this.ending) return;
    this.ending = ending;
    const watchers = [...this.watchers];
    this.release();
    for (const watcher of watchers) watcher(ending);
  }
}

/** The error of a post that was ended early while it did something. */
export function endedEarly({ by, reason }: Ending, doing: string, details: SafeFetchErrorDetails = {}): SafeFetchError {
  const why = by === 'time' ? 'the time was over' : 'the caller left';
  return new SafeFetchError('timeout', `${why} while ${doing}`, { ...details, cause: reason });
}
