import { Counter, type Registry } from 'prom-client';

/** Counts what was left undone beside an answer. */
export function sessionFailures(registry: Registry): () => void {
  const failures = new Counter({
    name: 'recommendation_api_session_failures_total',
    help: 'Queries that their session could not remember',
    registers: [registry],
  });
  return () => failures.inc();
}
