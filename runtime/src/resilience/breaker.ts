import type { Clock } from './clock';
import { BreakerOpenError, isCancellation } from './errors';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** What an error says about the dependency: it failed, it is alive all the same, or nothing. */
export type Verdict = 'failure' | 'alive' | 'nothing';

export interface BreakerOptions {
  /** The dependency, as errors and metrics name it. */
  readonly name: string;
  readonly clock: Clock;
  /**
   * So many failures open it.
   * @default 5
   */
  readonly failures?: number;
  /**
   * The failures must lie within this time.
   * @default 60_000 ms
   */
  readonly withinMs?: number;
  /**
   * Stays open for this long, then lets one probe through. A probe that has not ended after as long again no longer blocks the next.
   * @default 60_000 ms
   */
  readonly halfOpenAfterMs?: number;
  /** @default every error is a failure, but a deadline or a caller that went away says nothing */
  readonly judge?: (error: unknown) => Verdict;
  readonly onChange?: (state: BreakerState, previous: BreakerState) => void;
}

/**
 * Leaves a failing dependency alone: closed until 5 failures lie within 60 s, then open, then half-open with a single probe whose success
 * closes it. It holds no timer: time is looked at when it is asked.
 *
 * @example
 * const breaker = new Breaker({ name: 'provider', clock: systemClock, halfOpenAfterMs: 30_000 });
 * await breaker.run(() => ask());
 */
export class Breaker {
  readonly name: string;
  private current: BreakerState = 'closed';
  private failures: number[] = [];
  private openedAt = 0;
  private probeSince?: number;
  /** Moves with every change, so that calls begun before it no longer count. */
  private generation = 0;
  private readonly limit: number;
  private readonly withinMs: number;
  private readonly halfOpenAfterMs: number;
  private readonly listeners: ((state: BreakerState, previous: BreakerState) => void)[] = [];

  constructor(private readonly options: BreakerOptions) {
    this.name = options.name;
    this.limit = options.failures ?? 5;
    this.withinMs = options.withinMs ?? 60_000;
    this.halfOpenAfterMs = options.halfOpenAfterMs ?? 60_000;
    if (options.onChange) this.listeners.push(options.onChange);
  }

  get state(): BreakerState {
    if (this.current === 'open' && this.sinceOpened() >= this.halfOpenAfterMs) this.become('half-open');
    return this.current;
  }

  onChange(listener: (state: BreakerState, previous: BreakerState) => void): void {
    this.listeners.push(listener);
  }

  /** Throws when a call would be refused now, without making one. */
  guard(): void {
    const { state } = this;
    if (state === 'open') throw new BreakerOpenError(this.name, this.halfOpenAfterMs - this.sinceOpened());
    if (state === 'half-open' && this.probing()) throw new BreakerOpenError(this.name, 0);
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.guard();
    if (this.current === 'half-open') {
      this.generation += 1;
      this.probeSince = this.options.clock.now();
    }
    const { generation } = this;
    try {
      const result = await work();
      this.settle(generation, 'alive');
      return result;
    } catch (error) {
      this.settle(generation, (this.options.judge ?? judgeAll)(error));
      throw error;
    }
  }

  private settle(generation: number, verdict: Verdict): void {
    if (generation !== this.generation) return;
    if (this.current === 'half-open') {
      this.probeSince = undefined;
      if (verdict === 'alive') this.become('closed');
      if (verdict === 'failure') this.become('open');
    } else if (verdict === 'failure') this.count();
  }

  private count(): void {
    const now = this.options.clock.now();
    this.failures = [...this.failures, now].slice(-this.limit);
    if (this.failures.length === this.limit && now - this.failures[0] <= this.withinMs) this.become('open');
  }

  private become(state: BreakerState): void {
    const previous = this.current;
    this.current = state;
    this.generation += 1;
    this.failures = [];
    this.probeSince = undefined;
    if (state === 'open') this.openedAt = this.options.clock.now();
    for (const listener of this.listeners) listener(state, previous);
  }

  private sinceOpened(): number {
    return this.options.clock.now() - this.openedAt;
  }

  private probing(): boolean {
    return this.probeSince !== undefined && this.options.clock.now() - this.probeSince < this.halfOpenAfterMs;
  }
}

const judgeAll = (error: unknown): Verdict => (isCancellation(error) ? 'nothing' : 'failure');
