import type { Registry } from 'prom-client';
import { type Clock, systemClock } from '../resilience';
import { cacheConfig } from './cache-config';
import type { SlidingCacheStore } from './cache-store';
import { MemoryCacheStore } from './memory-cache-store';
import { ValkeyCacheStore } from './valkey-cache-store';

export interface CacheStoreDependencies {
  /** @default the machine's time */
  readonly clock?: Clock;
  /** @default no metrics */
  readonly registry?: Registry;
  /** What goes wrong with the connection, in the background: a line for the log, without secrets. */
  readonly onError?: (error: Error) => void;
}

/**
 * The store that the environment names: Valkey, or the memory of this process where there is no RESULT_CACHE_HOST. It connects in the
 * background and never keeps a process from starting.
 *
 * @example
 * const store = cacheStore(process.env);
 */
export function cacheStore(environment: NodeJS.ProcessEnv, dependencies: CacheStoreDependencies = {}): SlidingCacheStore {
  const { clock = systemClock, registry, onError } = dependencies;
  const { memory, valkey } = cacheConfig(environment);
  if (valkey === undefined) return new MemoryCacheStore({ clock, ...memory });
  return ValkeyCacheStore.open(valkey, { clock, registry, onError });
}
