import { createHash } from 'node:crypto';
import type { Logger } from 'plinth-runtime';
import { ResponseCache, type SessionStore } from 'plinth-runtime/cache';
import type { CacheStore } from 'plinth-runtime/cache';
import type { Embedder } from 'plinth-runtime/provider';
import { Bulkhead, type Clock } from 'plinth-runtime/resilience';
import type { Registry } from 'prom-client';
import { Listener } from '../../shared/http/listener';
import { Router } from '../../shared/http/router';
import { Health, type Probe } from '../../shared/service/health';
import { HttpService } from '../../shared/service/http-service';
import { requestMetrics } from '../../shared/service/metrics';
import { OPERATIONS } from './api/operations';
import type { Categories } from './categories';
import type { Category } from './category';
import type { ServiceConfig } from './config';
import { handlers } from './handlers';
import { Recommendations } from './recommendations';
import { seed } from './seeding';
import { SessionCookie } from './session-cookie';
import { sessionFailures } from './session-failures';
import { Sessions } from './sessions';

export interface ServiceOptions {
  readonly config: ServiceConfig;
  readonly file: readonly Category[];
  readonly categories: Categories;
  readonly embedder: Embedder;
  readonly cacheStore: CacheStore;
  readonly sessionStore: SessionStore;
  readonly probes: readonly Probe[];
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Closes what the options hold, after the last answer. */
  readonly close: () => Promise<void>;
}

const RETRY_SEED_MS = [1_000, 2_000, 5_000, 10_000] as const;
/** The database serves so many at a time, and so many may wait: beyond that, waiting would only end at the deadline. */
const SEARCHES = { concurrency: 64, queue: 512 } as const;

/** The service, which stores its categories when it starts. */
export class Service {
  private readonly health: Health;
  private readonly http: HttpService;

  constructor(private readonly options: ServiceOptions) {
    const { config, file, embedder, cacheStore, sessionStore, categories, clock, registry, logger, close } = options;
    const cache = new ResponseCache({
      store: cacheStore,
      clock,
      ttlMs: config.responseCacheSeconds * 1_000,
      staleMs: config.staleSeconds * 1_000,
      registry,
    });
    const version = versionOf(file);
    const bulkhead = new Bulkhead({ name: 'searches', ...SEARCHES });
    this.health = new Health(clock, options.probes, 'the categories are not stored yet');
    const listener = new Listener({
      router: new Router(OPERATIONS, '/api/openapi.json'),
      handlers: handlers({
        config,
        clock,
        recommendations: new Recommendations({ categories, embedder, cache, bulkhead, version }),
        categories,
        cache,
        version,
        sessions: new Sessions(sessionStore, clock),
        cookie: new SessionCookie(config.sessionKeys),
        health: this.health,
        sessionFailed: sessionFailures(registry),
      }),
      logger,
      clock,
      timeoutMs: config.requestTimeoutMs,
      answered: requestMetrics(registry, 'recommendation_api'),
    });
    const background = (signal: AbortSignal) => this.seedUntilStored(signal);
    this.http = new HttpService({ listener, health: this.health, config, registry, clock, logger, background, close });
  }

  /** Listens, and begins to store the categories; resolves when it listens. */
  start(): Promise<{ readonly port: number; readonly metricsPort: number }> {
    return this.http.start();
  }

  /** Finishes what is under way, at most for the drain time, and closes everything. */
  stop(): Promise<{ readonly cut: number }> {
    return this.http.stop();
  }

  /** The database may be away at the start, and the provider too: it tries until both were there once. */
  private async seedUntilStored(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.options;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await seed({ ...this.options, signal });
        this.health.started();
        return;
      } catch (error) {
        if (signal.aborted) return;
        // No user is involved yet: the message tells an operator what to mend.
        const reason = error instanceof Error ? error.message : String(error);
        this.health.waits(`the categories could not be stored: ${reason}`);
        logger.error('categories could not be stored; it tries again', { reason, attempt });
      }
      await clock.sleep(RETRY_SEED_MS[Math.min(attempt, RETRY_SEED_MS.length - 1)], signal).catch(() => {});
    }
  }
}

function versionOf(file: readonly Category[]): string {
  return createHash('sha256').update(JSON.stringify(file)).digest('base64url');
}
