import type { Registry } from 'prom-client';
import { type Clock, isCancellation } from '../resilience';
import type { CacheStore } from './cache-store';
import { type ResponseOutcome, responseOutcomes } from './response-metrics';
import { isFresh, isServable, packed, type Stored, unpacked } from './stored-response';

export interface ResponseCacheOptions {
  readonly store: CacheStore;
  readonly clock: Clock;
  /**
   * How long a value is fresh, give or take a tenth, so that what was stored together does not expire together.
   * @default 300_000 ms
   */
  readonly ttlMs?: number;
  /**
   * How much longer a value may stand in for a computation that fails.
   * @default 0 ms
   */
  readonly staleMs?: number;
  /**
   * Larger values, as JSON, are computed each time.
   * @default 65_536 bytes
   */
  readonly maxBytes?: number;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default no metrics */
  readonly registry?: Registry;
}

/** Keys of other uses of the store begin otherwise. */
const PREFIX = 'response:';

export type CacheState = 'HIT' | 'MISS' | 'STALE';

export interface Cached<T> {
  readonly value: T;
  readonly state: CacheState;
}

/**
 * Results that cost something to compute, kept for 5 minutes. One computation a key runs at a time in this process and the others wait
 * for it; what fails is never kept; a value past its time is served only in place of a failure. Without its store it computes.
 *
 * @example
 * const { value, state } = await cache.through(cacheKey({ tenant, text }), () => recommend(text));
 */
export class ResponseCache {
  private readonly ttlMs: number;
  private readonly staleMs: number;
  private readonly maxBytes: number;
  private readonly random: () => number;
  private readonly count: (outcome: ResponseOutcome) => void;
  private readonly flights = new Map<string, Promise<Cached<unknown>>>();

  constructor(private readonly options: ResponseCacheOptions) {
    this.ttlMs = options.ttlMs ?? 300_000;
    this.staleMs = options.staleMs ?? 0;
    this.maxBytes = options.maxBytes ?? 65_536;
    this.random = options.random ?? Math.random;
    this.count = responseOutcomes(options.registry);
    const whole: [string, number, number][] = [
      ['ttlMs', this.ttlMs, 1_000],
      ['staleMs', this.staleMs, 0],
      ['maxBytes', this.maxBytes, 1],
    ];
    for (const [name, value, least] of whole) {
      if (Number.isSafeInteger(value) && value >= least) continue;
      throw new RangeError(`ResponseCache: ${name} must be a whole number of at least ${least}, got ${value}; change it`);
    }
  }

  /** The value must be JSON and is shared by those who wait together: do not write into it. */
  async through<T>(key: string, compute: () => Promise<T>): Promise<Cached<T>> {
    const flying = this.flights.get(key) as Promise<Cached<T>> | undefined;
    if (flying) {
      this.count('shared');
      // The first caller's patience is not ours.
      return flying.catch((error: unknown) => {
        if (isCancellation(error)) return this.through(key, compute);
        throw error;
      });
    }
    const flight = this.look(key, compute).finally(() => this.flights.delete(key));
    this.flights.set(key, flight);
    return flight;
  }

  private async look<T>(key: string, compute: () => Promise<T>): Promise<Cached<T>> {
    const stored = await this.stored<T>(key);
    const now = this.options.clock.now();
    if (stored && isFresh(stored, now)) return this.serve(stored.value, 'HIT');
    let value: T;
    try {
      value = await compute();
    } catch (error) {
      if (!stored || !isServable(stored, this.options.clock.now())) throw error;
      return this.serve(stored.value, 'STALE');
    }
    await this.keep(key, value);
    return this.serve(value, 'MISS');
  }

  private serve<T>(value: T, state: CacheState): Cached<T> {
    this.count(state);
    return { value, state };
  }

  private async stored<T>(key: string): Promise<Stored<T> | undefined> {
    try {
      const bytes = await this.options.store.get(PREFIX + key);
      return bytes && unpacked<T>(bytes);
    } catch {
      this.count('store_error');
      return undefined;
    }
  }

  /** Never fails the answer: it stands already. */
  private async keep(key: string, value: unknown): Promise<void> {
    const freshMs = Math.round(this.ttlMs * (0.9 + 0.2 * this.random()));
    const freshUntil = this.options.clock.now() + freshMs;
    const bytes = packed({ value, freshUntil, servableUntil: freshUntil + this.staleMs });
    if (bytes === undefined || bytes.length > this.maxBytes) return this.count('bypass');
    try {
      await this.options.store.set(PREFIX + key, bytes, freshMs + this.staleMs);
    } catch {
      this.count('store_error');
    }
  }
}
