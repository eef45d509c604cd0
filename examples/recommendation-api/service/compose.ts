import type { Logger } from 'plinth-runtime';
import { cacheStore, SessionStore } from 'plinth-runtime/cache';
import { Database, databaseConfig } from 'plinth-runtime/database';
import { embedder, providerConfig } from 'plinth-runtime/provider';
import { systemClock } from 'plinth-runtime/resilience';
import { VectorSearch, withBreakers } from 'plinth-runtime/vector-search';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { tracedFetch } from '../../shared/http/trace-scope';
import { atMostEvery } from '../../shared/service/at-most-every';
import { allOf } from '../../shared/service/config';
import { NearCacheStore } from '../../shared/service/near-cache-store';
import { cacheProbe, databaseProbe, providerProbe } from '../../shared/service/probes';
import { CategoriesPostgres } from './categories-postgres';
import type { Category } from './category';
import { serviceConfig } from './config';
import type { ServiceOptions } from './service';

/** Makes every client once, as the environment says; all requests share them. */
export function compose(environment: NodeJS.ProcessEnv, file: readonly Category[], logger: Logger): ServiceOptions {
  const clock = systemClock;
  const registry = new Registry();
  const onError = atMostEvery(MINUTE_MS, clock, (error) => logger.warn('the cache is away', { reason: error.message }));
  const { config, settings, store } = allOf({
    config: () => serviceConfig(environment),
    settings: () => databaseConfig(environment),
    store: () => cacheStore(environment, { clock, registry, onError }),
    provider: () => providerConfig(environment),
  });
  collectDefaultMetrics({ register: registry });
  const database = Database.open(settings, { registry });
  const vectors = new VectorSearch({ database: withBreakers(database, { clock, registry }), table: 'categories', registry });
  const shared = embedder(environment, { clock, registry, store, fetch: tracedFetch() });
  return {
    config,
    file,
    categories: new CategoriesPostgres(database, vectors),
    embedder: shared,
    cacheStore: new NearCacheStore(store, clock),
    sessionStore: new SessionStore({ store }),
    probes: [databaseProbe(database), cacheProbe(store, 'no sessions, slower answers'), providerProbe(shared)],
    registry,
    clock,
    logger,
    close: async () => {
      await Promise.all([database.close(), store.close()]);
    },
  };
}

const MINUTE_MS = 60_000;
