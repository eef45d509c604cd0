import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from 'plinth-runtime';
import { SessionStore } from 'plinth-runtime/cache';
import { type Clock, systemClock } from 'plinth-runtime/resilience';
import { Registry } from 'prom-client';
import type { Category } from '../../../examples/recommendation-api/service/category';
import { serviceConfig } from '../../../examples/recommendation-api/service/config';
import { Service, type ServiceOptions } from '../../../examples/recommendation-api/service/service';
import { FakeCategories, FakeProvider, MemoryCacheStore } from './fakes';

export const SESSION_KEY = JSON.stringify({ current: 'k'.repeat(32) });

const file = JSON.parse(
  readFileSync(join(__dirname, '../../../examples/recommendation-api/service/categories.json'), 'utf8'),
) as readonly Category[];

/** Some categories of every group: enough to find something, few enough to be quick. */
export const someCategories: readonly Category[] = file.filter((_, at) => at % 20 === 0);

export const allCategories = file;

/** A clock that stands still unless it is set. */
export class SetClock {
  time = Date.UTC(2026, 0, 1);
  readonly sleep: Clock['sleep'] = (...given) => systemClock.sleep(...given);
  readonly now = (): number => this.time;
}

export interface Running {
  readonly service: Service;
  readonly url: string;
  readonly metricsUrl: string;
  readonly categories: FakeCategories;
  readonly provider: FakeProvider;
  readonly clock: SetClock;
  readonly log: string[];
  request(path: string, options?: RequestInit): Promise<Response>;
  recommend(body: unknown, headers?: Record<string, string>): Promise<Response>;
}

const running: Service[] = [];

/** The service with a database and a provider in memory, listening on loopback, with its categories stored. */
export async function startService(
  overrides: Partial<ServiceOptions> & { readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<Running> {
  const clock = new SetClock();
  const log: string[] = [];
  const store = new MemoryCacheStore({ clock });
  const environment = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', SESSION_KEY, ...overrides.environment };
  const options: ServiceOptions = {
    config: serviceConfig(environment),
    file: someCategories,
    categories: new FakeCategories(),
    embedder: new FakeProvider(),
    cacheStore: store,
    sessionStore: new SessionStore({ store }),
    probes: [],
    registry: new Registry(),
    clock,
    logger: createLogger({ service: 'test', write: (line) => log.push(line) }),
    close: async () => {},
    ...overrides,
  };
  const service = new Service(options);
  const { port, metricsPort } = await service.start();
  running.push(service);
  const url = `http://127.0.0.1:${port}`;
  const request = (path: string, init?: RequestInit) => fetch(url + path, init);
  const json = { 'content-type': 'application/json' };
  return {
    service,
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    categories: options.categories as FakeCategories,
    provider: options.embedder as FakeProvider,
    clock: options.clock as SetClock,
    log,
    request,
    recommend: (body, headers) =>
      request('/api/recommendations', { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) }),
  };
}

/** Waits for what was begun at the start: the categories are stored in the background. */
export async function ready(api: Running): Promise<Running> {
  while ((await api.request('/api/health/ready')).status !== 200) await new Promise(setImmediate);
  return api;
}

export async function stopServices(): Promise<void> {
  await Promise.all(running.splice(0).map((service) => service.stop()));
}
