import { Counter, type Registry } from 'prom-client';

/** `shared` waited for another's computation, `bypass` was too large to keep, `store_error` is the store's failure beside the answer. */
export type ResponseOutcome = 'HIT' | 'MISS' | 'STALE' | 'shared' | 'bypass' | 'store_error';

const NAME = 'response_cache_outcomes_total';

export function responseOutcomes(registry?: Registry): (outcome: ResponseOutcome) => void {
  if (registry === undefined) return () => {};
  const known = registry.getSingleMetric(NAME) as Counter<'outcome'> | undefined;
  const counter =
    known ??
    new Counter({ name: NAME, help: 'What became of lookups in the response cache', labelNames: ['outcome'], registers: [registry] });
  return (outcome) => counter.inc({ outcome: outcome.toLowerCase() });
}
