import type { Charge, Gap } from './charge';
import type { StageResource, StageResources } from './stage-resources';
import type { Usage } from './usage';

/** What a price depends on besides the resource itself. */
export interface Surroundings {
  readonly usage: Usage;
  readonly stage: StageResources;
}

/** The price of one type of resource; pure. */
export type Pricer = (resource: StageResource, surroundings: Surroundings) => readonly (Charge | Gap)[];
