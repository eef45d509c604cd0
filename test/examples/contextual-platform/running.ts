import { createLogger } from 'plinth-runtime';
import { MemoryCacheStore } from 'plinth-runtime/cache';
import { LocalEmbedder } from 'plinth-runtime/provider';
import { systemClock } from 'plinth-runtime/resilience';
import { Registry } from 'prom-client';
import { serviceConfig } from '../../../examples/contextual-platform/service/config';
import { localExtractors } from '../../../examples/contextual-platform/service/extractors/registry';
import { Service, type ServiceOptions } from '../../../examples/contextual-platform/service/service';
import { FakeDocuments } from './fakes';

export const TENANT = { 'plinth-tenant-id': 'acme' };
const JSON_TYPE = { 'content-type': 'application/json' };

export interface Sent extends RequestInit {
  readonly headers?: Record<string, string>;
}

export interface Running {
  readonly service: Service;
  readonly url: string;
  readonly documents: FakeDocuments;
  readonly log: string[];
  /** As the tenant acme, unless the headers say otherwise. */
  request(path: string, options?: Sent): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

const running: Service[] = [];

/** The service with its database in memory, listening on loopback. */
export async function startService(
  overrides: Partial<ServiceOptions> & { readonly environment?: NodeJS.ProcessEnv } = {},
): Promise<Running> {
  const log: string[] = [];
  const environment = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', ...overrides.environment };
  const clock = overrides.clock ?? systemClock;
  const options: ServiceOptions = {
    config: serviceConfig(environment),
    documents: new FakeDocuments(),
    extractors: localExtractors(),
    embedder: new LocalEmbedder(),
    cacheStore: new MemoryCacheStore({ clock }),
    ping: async () => {},
    probes: [],
    registry: new Registry(),
    clock,
    logger: createLogger({ service: 'test', write: (line) => log.push(line) }),
    close: async () => {},
    ...overrides,
  };
  const service = new Service(options);
  const { port } = await service.start();
  running.push(service);
  const url = `http://127.0.0.1:${port}`;
  const request = (path: string, init: Sent = {}) => fetch(url + path, { ...init, headers: { ...TENANT, ...init.headers } });
  return {
    service,
    url,
    documents: options.documents as FakeDocuments,
    log,
    request,
    post: (path, body, headers) => request(path, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) }),
  };
}

export async function stopServices(): Promise<void> {
  await Promise.all(running.splice(0).map((service) => service.stop()));
}

export const DOCUMENTS = '/v1/collections/news/documents';

export const TEXT =
  'The match was decided late: the players of both teams pushed for a goal, and the coach of the football league called the season his best.';

export const taxonomy = (text = TEXT, version = 'v2.1') => ({ feature_extractor_id: 'taxonomy', version, payload: { text } });
export const keywords = (text = TEXT, version = 'v1.0') => ({ feature_extractor_id: 'keywords', version, payload: { text } });

/** A request for every feature of one text. */
export const document = (text = TEXT) => ({ features: [taxonomy(text), keywords(text)] });
