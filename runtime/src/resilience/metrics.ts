import { Counter, Gauge, type Registry } from 'prom-client';
import type { Breaker, BreakerState } from './breaker';

const LEVELS: { readonly [state in BreakerState]: number } = { closed: 0, 'half-open': 1, open: 2 };

const watched = new WeakMap<Registry, Map<string, Breaker>>();

/**
 * Shows a breaker as `breaker_state` (0 closed, 1 half-open, 2 open) and `breaker_changes_total`, by its name.
 *
 * @example
 * watchBreaker(breaker, registry);
 */
export function watchBreaker(breaker: Breaker, registry: Registry): void {
  breakersOf(registry).set(breaker.name, breaker);
  const changes = registry.getSingleMetric('breaker_changes_total') as Counter<'breaker' | 'state'>;
  breaker.onChange((state) => changes.inc({ breaker: breaker.name, state }));
}

function breakersOf(registry: Registry): Map<string, Breaker> {
  const known = watched.get(registry);
  if (known) return known;
  const breakers = new Map<string, Breaker>();
  watched.set(registry, breakers);
  new Gauge({
    name: 'breaker_state',
    help: 'State of a breaker: 0 closed, 1 half-open, 2 open',
    labelNames: ['breaker'],
    registers: [registry],
    collect() {
      for (const [name, { state }] of breakers) this.set({ breaker: name }, LEVELS[state]);
    },
  });
  new Counter({
    name: 'breaker_changes_total',
    help: 'Changes of a breaker into a state',
    labelNames: ['breaker', 'state'],
    registers: [registry],
  });
  return breakers;
}
