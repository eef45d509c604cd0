import type { Clock } from './clock';
import type { Deadline } from './deadline';
import { RateLimitedError } from './errors';

export interface RateLimitOptions {
  readonly name: string;
  readonly clock: Clock;
  /**
   * Calls in any minute, whole, at least 1.
   * @default 10_000
   */
  readonly perMinute?: number;
  /**
   * Calls that may go at once after a pause; the others are spread over the minute.
   * @default a sixtieth of the limit
   */
  readonly burst?: number;
}

/**
 * GCRA in whole microseconds: how long the next call waits, and what to remember once it goes, which is the time at which the call after it
 * would be exactly on time.
 */
export function schedule(nextAt: number, now: number, interval: number, burst: number): { readonly wait: number; readonly nextAt: number } {
  const arrival = Math.max(nextAt, now);
  return { wait: Math.max(0, arrival - (burst - 1) * interval - now), nextAt: arrival + interval };
}

/**
 * Holds our own calls below a provider's limit: never more than `perMinute` in any minute. A call waits for its turn when the deadline
 * allows, and fails at once when it does not.
 *
 * @example
 * const limit = new RateLimit({ name: 'provider', clock: systemClock, perMinute: 10_000 });
 * await limit.take(deadline);
 */
export class RateLimit {
  private nextAt = 0;
  private readonly perMinute: number;
  private readonly burst: number;
  private readonly interval: number;

  constructor(private readonly options: RateLimitOptions) {
    const { name, perMinute = 10_000, burst = Math.max(1, Math.floor(perMinute / 60)) } = options;
    for (const [setting, value, most] of [
      ['perMinute', perMinute, 10_000_000],
      ['burst', burst, perMinute],
    ] as const) {
      if (Number.isInteger(value) && value >= 1 && value <= most) continue;
      throw new RangeError(`RateLimit ${name}: ${setting} must be a whole number between 1 and ${most}, got ${value}; change it`);
    }
    this.perMinute = perMinute;
    this.burst = burst;
    // A full burst at the start of a minute and the spread calls of the rest of it make perMinute together.
    this.interval = Math.ceil(60_000_000 / (perMinute - burst + 1));
  }

  /** Resolves when the call may go. Whoever gives up while waiting has used the place all the same. */
  async take(deadline: Deadline): Promise<void> {
    const { clock, name } = this.options;
    const { wait, nextAt } = schedule(this.nextAt, Math.floor(clock.now() * 1_000), this.interval, this.burst);
    const waitMs = Math.ceil(wait / 1_000);
    if (waitMs > 0 && waitMs >= deadline.remainingMs) throw new RateLimitedError(name, this.perMinute, waitMs);
    this.nextAt = nextAt;
    if (waitMs > 0) await clock.sleep(waitMs, deadline.signal);
  }
}
