import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Logger } from 'plinth-runtime';
import type { Clock } from 'plinth-runtime/resilience';
import type { Registry } from 'prom-client';
import type { Listener } from '../http/listener';
import type { HttpConfig } from './config';
import type { Health } from './health';
import { metricsServer } from './metrics';

export interface HttpServiceOptions {
  readonly listener: Pick<Listener<string>, 'serve' | 'draining'>;
  readonly health: Health;
  readonly config: HttpConfig;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the start waits for before the service is ready; it ends when the signal aborts. */
  readonly background: (signal: AbortSignal) => Promise<unknown>;
  /** Closes what the service holds, after the last answer. */
  readonly close: () => Promise<void>;
}

/** Above what the gateway keeps an idle connection, so that it never uses one that the app is closing. */
const KEEP_ALIVE_MS = 75_000;
const REQUEST_MS = 30_000;
const LOOK_EVERY_MS = 5_000;

/** A service's life: its server, the metrics beside it, what runs in the background, and an end that cuts nobody off. */
export class HttpService {
  private readonly server: Server;
  private readonly metrics: Server;
  private readonly stopping = new AbortController();
  private background: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: HttpServiceOptions) {
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS }, options.listener.serve);
    this.metrics = metricsServer(options.registry);
  }

  /** Listens, and begins what runs in the background; resolves when it listens. */
  async start(): Promise<{ readonly port: number; readonly metricsPort: number }> {
    const { config, background } = this.options;
    const port = await listen(this.server, config.port, config.host);
    const metricsPort = await this.listenForMetrics();
    this.background = Promise.all([background(this.stopping.signal), this.watch()]);
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
    const { health, listener, clock, config, close } = this.options;
    health.drains();
    listener.draining = true;
    this.stopping.abort();
    const closed = closeOf(this.server);
    this.server.closeIdleConnections();
    const timer = new AbortController();
    const late = clock.sleep(config.drainMs, timer.signal).then(
      () => 'late',
      () => 'late',
    );
    const isLate = (await Promise.race([closed, late])) === 'late';
    timer.abort();
    const cut = isLate ? await connectionsOf(this.server) : 0;
    this.server.closeAllConnections();
    this.metrics.closeAllConnections();
    await Promise.all([closed, closeOf(this.metrics), this.background]);
    await close();
    return { cut };
  }

  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.options.health.look();
      await this.options.clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
    }
  }
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
