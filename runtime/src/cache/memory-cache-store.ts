import { LRUCache } from 'lru-cache';
import type { Clock } from '../resilience';
import { checkTtl, type SlidingCacheStore } from './cache-store';

/** What an entry takes besides its key and value, about. */
const OVERHEAD_BYTES = 128;

export interface MemoryCacheStoreOptions {
  readonly clock: Clock;
  /**
   * What all entries take at most; what was used longest ago goes first.
   * @default 64 MiB
   */
  readonly maxBytes?: number;
}

interface Entry {
  readonly value: Buffer;
  readonly expiresAt: number;
}

/**
 * A store in the memory of this process.
 *
 * @example
 * const store = new MemoryCacheStore({ clock: systemClock });
 */
export class MemoryCacheStore implements SlidingCacheStore {
  private readonly entries: LRUCache<string, Entry>;

  constructor(private readonly options: MemoryCacheStoreOptions) {
    this.entries = new LRUCache({
      maxSize: options.maxBytes ?? 64 * 1024 * 1024,
      sizeCalculation: ({ value }, key) => OVERHEAD_BYTES + key.length * 2 + value.length,
    });
  }

  get bytes(): number {
    return this.entries.calculatedSize;
  }

  get(key: string): Promise<Buffer | undefined> {
    const entry = this.living(key);
    return Promise.resolve(entry && Buffer.from(entry.value));
  }

  set(key: string, value: Buffer, ttlMs: number): Promise<void> {
    return attempt(() => this.keep(key, value, ttlMs));
  }

  delete(...keys: string[]): Promise<void> {
    for (const key of keys) this.entries.delete(key);
    return Promise.resolve();
  }

  touch(key: string, ttlMs: number): Promise<boolean> {
    return attempt(() => this.again(key, this.living(key)?.value, ttlMs));
  }

  replace(key: string, value: Buffer, ttlMs: number): Promise<boolean> {
    return attempt(() => this.again(key, this.living(key) && value, ttlMs));
  }

  close(): Promise<void> {
    this.entries.clear();
    return Promise.resolve();
  }

  private living(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.expiresAt > this.options.clock.now()) return entry;
    this.entries.delete(key);
    return undefined;
  }

  private again(key: string, value: Buffer | undefined, ttlMs: number): boolean {
    checkTtl(ttlMs);
    if (value === undefined) return false;
    this.keep(key, value, ttlMs);
    return true;
  }

  private keep(key: string, value: Buffer, ttlMs: number): void {
    checkTtl(ttlMs);
    // A buffer of its own: a small one would hold the shared 8 KB it was cut from, and the caller may write into theirs.
    const own = Buffer.allocUnsafeSlow(value.length);
    value.copy(own);
    this.entries.set(key, { value: own, expiresAt: this.options.clock.now() + ttlMs });
  }
}

async function attempt<T>(work: () => T): Promise<T> {
  return work();
}
