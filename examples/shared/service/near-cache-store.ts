import { type CacheStore, MemoryCacheStore } from 'plinth-runtime/cache';
import type { Clock } from 'plinth-runtime/resilience';

const NEAR_MS = 30_000;
const NEAR_BYTES = 16 * 1024 * 1024;

/**
 * What was asked for lately, in this process, before a store that all tasks share. A common query costs no round trip; and when the
 * shared store is slow or away, each task makes a common answer anew every 30 seconds, not for every request: the database would not
 * bear it.
 */
export class NearCacheStore implements CacheStore {
  private readonly near: CacheStore;

  constructor(
    private readonly far: CacheStore,
    clock: Clock,
  ) {
    this.near = new MemoryCacheStore({ clock, maxBytes: NEAR_BYTES });
  }

  async get(key: string): Promise<Buffer | undefined> {
    const known = await this.near.get(key);
    if (known !== undefined) return known;
    const value = await this.far.get(key);
    if (value !== undefined) await this.near.set(key, value, NEAR_MS);
    return value;
  }

  async set(key: string, value: Buffer, ttlMs: number): Promise<void> {
    await this.near.set(key, value, Math.min(ttlMs, NEAR_MS));
    await this.far.set(key, value, ttlMs);
  }

  async delete(...keys: string[]): Promise<void> {
    await this.near.delete(...keys);
    await this.far.delete(...keys);
  }

  async close(): Promise<void> {
    await Promise.all([this.near.close(), this.far.close()]);
  }
}
