import { type AssemblyStage } from '../../../lib/assembly';
import type { Band, Component } from './budget';
import { isGap } from './charge';
import { freeReason } from './free';
import { PRICERS } from './pricers';
import { StageResources, type StageResource, tagsOf } from './stage-resources';
import type { StageAssumptions } from './usage-file';
import type { Usage } from './usage';

/** What one resource costs a month for one reason. */
export interface CostLine {
  readonly service: string;
  readonly resource: string;
  readonly usd: number;
  readonly basis: string;
  readonly component: Component;
  readonly tier: string;
  readonly tags: { readonly [key: string]: string };
  /** Present where the price is from memory. */
  readonly unverified?: true;
}

/** What is not in the sum. */
export interface Unpriced {
  readonly type: string;
  readonly resource: string;
  readonly reason: string;
}

/** The bill of a stage. */
export interface StageCost {
  readonly stage: string;
  readonly monthlyUsd: number;
  /** Absent where a stage has no budget. */
  readonly band: Band | null;
  readonly withinBand: boolean;
  readonly lines: readonly CostLine[];
  readonly unpriced: readonly Unpriced[];
  /** Regions other than that of the prices. */
  readonly otherRegions: readonly string[];
  readonly usage: Usage;
}

/** The tags that cost is allocated by. */
export const COST_TAGS = ['environment', 'service', 'project', 'team'];

const PRICED_REGION = 'us-east-1';

/** Prices every resource of a stage; what has no price is listed. */
export function estimate(stage: AssemblyStage, { band, usage }: StageAssumptions): StageCost {
  const resources = new StageResources(stage);
  const lines: CostLine[] = [];
  const unpriced: Unpriced[] = [];
  for (const resource of resources.all) {
    const { type, name, tier } = resource;
    const pricer = PRICERS[type];
    if (!pricer) {
      if (freeReason(type) === undefined) unpriced.push({ type, resource: name, reason: 'its type has no price' });
      continue;
    }
    for (const one of pricer(resource, { usage, stage: resources })) {
      if (isGap(one)) {
        unpriced.push({ type, resource: name, reason: one.reason });
        continue;
      }
      const { service, component, basis, unverified } = one;
      const usd = round(one.usd, 4);
      lines.push({
        service,
        resource: name,
        usd,
        basis,
        component,
        tier,
        tags: costTagsOf(resource),
        ...(unverified ? { unverified } : {}),
      });
    }
  }
  const monthlyUsd = round(sumOf(lines), 2);
  const regions = new Set(stage.stacks.map(({ region }) => region).filter((region) => region !== undefined && region !== PRICED_REGION));
  return {
    stage: stage.name,
    monthlyUsd,
    band: band ?? null,
    withinBand: band === undefined || monthlyUsd <= band[1],
    lines,
    unpriced,
    otherRegions: [...regions].filter((region) => region !== undefined),
    usage,
  };
}

export function sumOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}

export function round(usd: number, digits = 2): number {
  return Number(usd.toFixed(digits));
}

function costTagsOf(resource: StageResource): { readonly [key: string]: string } {
  return Object.fromEntries(
    COST_TAGS.map((key) => [key, tagsOf(resource, key)] as const).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
