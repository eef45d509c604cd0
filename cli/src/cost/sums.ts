import { COMPONENT_BANDS, COMPONENTS, LEFT_OUT, type Band, type Component } from './budget';
import { COST_TAGS, type CostLine, round, sumOf } from './estimate';

/** USD by name, the dearest first. */
export interface Sums {
  readonly [name: string]: number;
}

export interface ComponentSum {
  readonly component: Component;
  readonly usd: number;
  readonly band: Band | null;
}

/** What has no such tag. */
export const UNTAGGED = '(untagged)';

export function byService(lines: readonly CostLine[]): Sums {
  return grouped(lines, ({ service }) => service);
}

export function byTier(lines: readonly CostLine[]): Sums {
  return grouped(lines, ({ tier }) => tier);
}

/** A sum a value of each cost tag. */
export function byTag(lines: readonly CostLine[]): { readonly [key: string]: Sums } {
  return Object.fromEntries(COST_TAGS.map((key) => [key, grouped(lines, ({ tags }) => tags[key] ?? UNTAGGED)]));
}

/** In the order of the component list, beside its bands where they apply. */
export function byComponent(lines: readonly CostLine[], bands: boolean): ComponentSum[] {
  const sums = grouped(lines, ({ component }) => component);
  return COMPONENTS.map((component) => ({
    component,
    usd: sums[component] ?? 0,
    band: (bands ? COMPONENT_BANDS[component] : undefined) ?? null,
  }));
}

/** Without what the component list leaves out. */
export function listedOnly(lines: readonly CostLine[]): number {
  return round(sumOf(lines.filter(({ component }) => !LEFT_OUT.includes(component))));
}

function grouped(lines: readonly CostLine[], name: (line: CostLine) => string): Sums {
  const names = [...new Set(lines.map(name))];
  const sums = names.map((one) => [one, round(sumOf(lines.filter((line) => name(line) === one)))] as const);
  return Object.fromEntries(sums.toSorted(([, a], [, b]) => b - a));
}
