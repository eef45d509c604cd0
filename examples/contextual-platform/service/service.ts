import type { Logger } from 'plinth-runtime';
import { type CacheStore, ResponseCache } from 'plinth-runtime/cache';
import type { Embedder } from 'plinth-runtime/provider';
import { Bulkhead, type Clock } from 'plinth-runtime/resilience';
import type { Registry } from 'prom-client';
import { Listener } from '../../shared/http/listener';
import { Router } from '../../shared/http/router';
import { Health, type Probe } from '../../shared/service/health';
import { HttpService } from '../../shared/service/http-service';
import { requestMetrics } from '../../shared/service/metrics';
import { MAX_BATCH, OPERATIONS } from './api/operations';
import type { ServiceConfig } from './config';
import type { DocumentJobs } from './document-jobs';
import type { Documents } from './documents';
import type { ExtractorRegistry } from './extractors/registry';
import { handlers } from './handlers';
import { Processing } from './processing';

export interface ServiceOptions {
  readonly config: ServiceConfig;
  readonly documents: Documents;
  readonly extractors: ExtractorRegistry;
  readonly embedder: Embedder;
  readonly cacheStore: CacheStore;
  readonly jobs?: DocumentJobs;
  /** Resolves when the database answers. */
  readonly ping: (signal: AbortSignal) => Promise<void>;
  readonly probes: readonly Probe[];
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Closes what the options hold, after the last answer. */
  readonly close: () => Promise<void>;
}

/** A whole batch at a time, and a dozen of them may wait: beyond that, waiting would only end at the deadline. */
const WORKERS = { concurrency: MAX_BATCH, queue: 12 * MAX_BATCH } as const;
const RETRY_MS = 1_000;

/** The service, which is ready once its database has answered. */
export class Service {
  private readonly health: Health;
  private readonly http: HttpService;

  constructor(private readonly options: ServiceOptions) {
    const { config, documents, extractors, embedder, jobs, clock, registry, logger, close } = options;
    const cache = new ResponseCache({ store: options.cacheStore, clock, ttlMs: config.featureCacheSeconds * 1_000, registry });
    const workers = new Bulkhead({ name: 'documents', ...WORKERS });
    this.health = new Health(clock, options.probes, 'the database has not answered yet');
    const listener = new Listener({
      router: new Router(OPERATIONS, '/api/openapi.json'),
      handlers: handlers({
        config,
        documents,
        extractors,
        processing: new Processing({ documents, extractors, embedder, cache, workers }),
        jobs,
        health: this.health,
        clock,
        // The message may hold what the caller sent.
        failed: ({ requestId, index, error }) =>
          logger.error('a document of a batch failed', { requestId, index, error: error instanceof Error ? error.name : typeof error }),
      }),
      logger,
      clock,
      timeoutMs: config.requestTimeoutMs,
      answered: requestMetrics(registry, 'contextual_platform'),
    });
    const background = (signal: AbortSignal) => this.untilAnswered(signal);
    this.http = new HttpService({ listener, health: this.health, config, registry, clock, logger, background, close });
  }

  /** Listens, and waits for its database; resolves when it listens. */
  start(): Promise<{ readonly port: number; readonly metricsPort: number }> {
    return this.http.start();
  }

  /** Finishes what is under way, at most for the drain time, and closes everything. */
  stop(): Promise<{ readonly cut: number }> {
    return this.http.stop();
  }

  private async untilAnswered(signal: AbortSignal): Promise<void> {
    const { ping, clock, logger } = this.options;
    while (!signal.aborted) {
      try {
        await ping(signal);
        return this.health.started();
      } catch (error) {
        if (signal.aborted) return;
        logger.warn('the database does not answer; it is asked again', { reason: error instanceof Error ? error.message : String(error) });
      }
      await clock.sleep(RETRY_MS, signal).catch(() => {});
    }
  }
}
