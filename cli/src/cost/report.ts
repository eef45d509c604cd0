import { LEFT_OUT } from './budget';
import type { StageCost } from './estimate';
import { byComponent, byService, byTag, byTier, listedOnly } from './sums';
import type { StageAssumptions } from './usage-file';

/** A stage's bill with its sums, as it is printed. */
export interface StageReport extends StageCost {
  readonly profile: StageAssumptions['profile'];
  readonly services: ReturnType<typeof byService>;
  readonly tiers: ReturnType<typeof byTier>;
  readonly tags: ReturnType<typeof byTag>;
  readonly components: ReturnType<typeof byComponent>;
  /** The sum without what the component list leaves out, which is named. */
  readonly withoutLeftOut: { readonly usd: number; readonly leftOut: typeof LEFT_OUT };
}

export function reportOf(cost: StageCost, { profile }: StageAssumptions): StageReport {
  const { lines } = cost;
  return {
    ...cost,
    profile,
    services: byService(lines),
    tiers: byTier(lines),
    tags: byTag(lines),
    components: byComponent(lines, profile === 'production'),
    withoutLeftOut: { usd: listedOnly(lines), leftOut: LEFT_OUT },
  };
}
