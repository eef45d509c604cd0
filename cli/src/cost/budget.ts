import type { Profile } from './usage';

/** What a stage may cost a month, in USD: from, to. */
export type Band = readonly [number, number];

/** A part of the bill, as the component list of a production stage cuts it, and then what that list leaves out. */
export type Component =
  | 'containers'
  | 'database'
  | 'database storage'
  | 'backups'
  | 'cache'
  | 'load balancer'
  | 'data transfer'
  | 'logs and metrics'
  | 'NAT'
  | 'firewall'
  | 'endpoints'
  | 'keys and secrets'
  | 'the rest';

/** Staging has none: it is reported only. */
export const BANDS: { readonly [profile in Profile]?: Band } = {
  dev: [100, 200],
  production: [400, 800],
  highTraffic: [800, 1500],
};

/** What a production stage is expected to pay for each. */
export const COMPONENT_BANDS: { readonly [component in Component]?: Band } = {
  containers: [50, 150],
  database: [200, 400],
  'database storage': [10, 20],
  backups: [5, 10],
  cache: [50, 100],
  'load balancer': [20, 30],
  'data transfer': [10, 50],
  'logs and metrics': [20, 50],
};

/** Other demands need them, yet the component list has no line for them. */
export const LEFT_OUT: readonly Component[] = ['NAT', 'firewall', 'endpoints', 'keys and secrets', 'the rest'];

export const COMPONENTS: readonly Component[] = [...(Object.keys(COMPONENT_BANDS) as Component[]), ...LEFT_OUT];
