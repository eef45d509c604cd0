import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Logger } from 'plinth-runtime';
import { ResponseCache, type SessionStore } from 'plinth-runtime/cache';
import type { CacheStore } from 'plinth-runtime/cache';
import type { Embedder } from 'plinth-runtime/provider';
import { Bulkhead, type Clock } from 'plinth-runtime/resilience';
import type { Registry } from 'prom-client';
import type { Categories } from './categories';
import type { Category } from './category';
import type { ServiceConfig } from './config';
import { handlers } from './handlers';
import { Health, type Probe } from './health';
import { Listener } from './http/listener';
import { metricsServer, requestMetrics, sessionFailures } from './metrics';
import { Recommendations } from './recommendations';
import { seed } from './seeding';
import { SessionCookie } from './session-cookie';
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

/** Above what the gateway keeps an idle connection, so that it never uses one that the app is closing. */
const KEEP_ALIVE_MS = 75_000;
const REQUEST_MS = 30_000;
const LOOK_EVERY_MS = 5_000;
const RETRY_SEED_MS = [1_000, 2_000, 5_000, 10_000] as const;
/** The database serves so many at a time, and so many may wait: beyond that, waiting would only end at the deadline. */
const SEARCHES = { concurrency: 64, queue: 512 } as const;

/** The service: its server, the metrics beside it, and what runs in the background. */
export class Service {
  private readonly health: Health;
  private readonly listener: Listener;
  private readonly server: Server;
  private readonly metrics: Server;
  private readonly stopping = new AbortController();
  private background: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ServiceOptions) {
    const { config, file, embedder, cacheStore, sessionStore, categories, clock, registry, logger } = options;
    const cache = new ResponseCache({
      store: cacheStore,
      clock,
      ttlMs: config.responseCacheSeconds * 1_000,
      staleMs: config.staleSeconds * 1_000,
      registry,
    });
    const version = versionOf(file);
    const bulkhead = new Bulkhead({ name: 'searches', ...SEARCHES });
    this.health = new Health(clock, options.probes);
    this.listener = new Listener({
      handlers: handlers({
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
      answered: requestMetrics(registry),
    });
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS }, this.listener.serve);
    this.metrics = metricsServer(registry);
  }

  /** Listens, and begins to store the categories; resolves when it listens. */
  async start(): Promise<{ readonly port: number; readonly metricsPort: number }> {
    const { config } = this.options;
    const port = await listen(this.server, config.port, config.host);
    const metricsPort = await this.listenForMetrics();
    this.background = Promise.all([this.seedUntilStored(), this.watch()]);
    return { port, metricsPort };
  }

  /** Two tasks on one machine have one such port: the second serves without it. */
  private async listenForMetrics(): Promise<number> {
    const { config, logger } = this.options;
    try {
      return await listen(this.metrics, config.metricsPort, '127.0.0.1');
    } catch (error) {
      logger.error('no metrics are served', { reason: error instanceof Error ? error.message : String(error) });
      return 0;
    }
  }

  /** Finishes what is under way, at most for the drain time, and closes everything. */
  async stop(): Promise<{ readonly cut: number }> {
    this.health.drains();
    this.listener.draining = true;
    this.stopping.abort();
    const closed = closeOf(this.server);
    this.server.closeIdleConnections();
    const timer = new AbortController();
    const late = this.options.clock.sleep(this.options.config.drainMs, timer.signal).then(
      () => 'late',
      () => 'late',
    );
    const isLate = (await Promise.race([closed, late])) === 'late';
    timer.abort();
    const cut = isLate ? await connectionsOf(this.server) : 0;
    this.server.closeAllConnections();
    this.metrics.closeAllConnections();
    await Promise.all([closed, closeOf(this.metrics), this.background]);
    await this.options.close();
    return { cut };
  }

  /** The database may be away at the start, and the provider too: it tries until both were there once. */
  private async seedUntilStored(): Promise<void> {
    const { clock, logger } = this.options;
    const { signal } = this.stopping;
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

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.health.look();
      await this.options.clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
    }
  }
}

function versionOf(file: readonly Category[]): string {
  return createHash('sha256').update(JSON.stringify(file)).digest('base64url');
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function closeOf(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.close(() => resolve('closed'));
  });
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((_error, count) => resolve(count ?? 0));
  });
}
