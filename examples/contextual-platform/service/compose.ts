import type { Logger } from 'plinth-runtime';
import { cacheStore } from 'plinth-runtime/cache';
import { Database, databaseConfig } from 'plinth-runtime/database';
import { embedder, providerConfig } from 'plinth-runtime/provider';
import { systemClock } from 'plinth-runtime/resilience';
import { withBreakers } from 'plinth-runtime/vector-search';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { tracedFetch } from '../../shared/http/trace-scope';
import { atMostEvery } from '../../shared/service/at-most-every';
import { allOf } from '../../shared/service/config';
import { NearCacheStore } from '../../shared/service/near-cache-store';
import { cacheProbe, databaseProbe, providerProbe } from '../../shared/service/probes';
import { serviceConfig } from './config';
import { openDocumentJobs } from './document-jobs';
import { DocumentsPostgres } from './documents-postgres';
import { localExtractors } from './extractors/registry';
import type { ServiceOptions } from './service';

const MINUTE_MS = 60_000;

/** Makes every client once, as the environment says; all requests share them. */
export function compose(environment: NodeJS.ProcessEnv, logger: Logger): ServiceOptions {
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
  const shared = embedder(environment, { clock, registry, store, fetch: tracedFetch() });
  return {
    config,
    documents: new DocumentsPostgres(withBreakers(database, { clock, registry })),
    extractors: localExtractors(),
    embedder: shared,
    cacheStore: new NearCacheStore(store, clock),
    jobs: config.jobs && openDocumentJobs(config.jobs, logger),
    ping: (signal) => database.ping(signal),
    probes: [databaseProbe(database, 'no documents'), cacheProbe(store, 'every feature is made anew'), providerProbe(shared)],
    registry,
    clock,
    logger,
    close: async () => {
      await Promise.all([database.close(), store.close()]);
    },
  };
}
