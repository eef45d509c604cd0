import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { UNITS_PER_USD } from './cost';

export type Operation = 'embeddings' | 'chat';

/** What one channel to the provider reports. */
export interface ChannelMetrics {
  /** One request on the wire: its end and how long it took. */
  request(outcome: string, seconds: number): void;
  retry(): void;
  /** One call of ours, retries included, which is what the success rate counts. */
  call(succeeded: boolean): void;
  cost(model: string, units: number): void;
}

/** Calls that the success rate looks back on. */
const LAST_CALLS = 100;

function instruments(registry: Registry) {
  const registers = [registry];
  const labelNames = ['operation'] as const;
  const once = <T>(name: string, make: () => T) => (registry.getSingleMetric(name) as T | undefined) ?? make();
  return {
    requests: once(
      'provider_requests_total',
      () =>
        new Counter({
          name: 'provider_requests_total',
          help: 'Requests to the provider by outcome',
          labelNames: ['operation', 'outcome'],
          registers,
        }),
    ),
    seconds: once(
      'provider_request_duration_seconds',
      () =>
        new Histogram({
          name: 'provider_request_duration_seconds',
          help: 'Time of one request to the provider',
          labelNames,
          buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
          registers,
        }),
    ),
    retries: once(
      'provider_retries_total',
      () => new Counter({ name: 'provider_retries_total', help: 'Requests that were tried again', labelNames, registers }),
    ),
    success: once(
      'provider_success_ratio',
      () =>
        new Gauge({ name: 'provider_success_ratio', help: `Share of the last ${LAST_CALLS} calls that succeeded`, labelNames, registers }),
    ),
    cost: once(
      'provider_cost_usd_total',
      () =>
        new Counter({ name: 'provider_cost_usd_total', help: 'What the provider charged', labelNames: ['operation', 'model'], registers }),
    ),
  };
}

const NONE: ChannelMetrics = { request: () => {}, retry: () => {}, call: () => {}, cost: () => {} };

export function channelMetrics(operation: Operation, registry?: Registry): ChannelMetrics {
  if (registry === undefined) return NONE;
  const { requests, seconds, retries, success, cost } = instruments(registry);
  const last: boolean[] = [];
  return {
    request(outcome, took) {
      requests.inc({ operation, outcome });
      seconds.observe({ operation }, took);
    },
    retry: () => retries.inc({ operation }),
    call(succeeded) {
      last.push(succeeded);
      if (last.length > LAST_CALLS) last.shift();
      success.set({ operation }, last.filter(Boolean).length / last.length);
    },
    cost: (model, units) => cost.inc({ operation, model }, units / UNITS_PER_USD),
  };
}

export function embeddingCacheOutcomes(registry?: Registry): (outcome: string, times: number) => void {
  if (registry === undefined) return () => {};
  const name = 'embedding_cache_outcomes_total';
  const known = registry.getSingleMetric(name) as Counter<'outcome'> | undefined;
  const counter = known ?? new Counter({ name, help: 'Embeddings looked up in the cache', labelNames: ['outcome'], registers: [registry] });
  return (outcome, times) => counter.inc({ outcome }, times);
}
