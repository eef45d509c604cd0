import type { AssemblyStage, TemplateResource } from '../../../lib/assembly';
import { estimate, type StageCost } from '../../../cli/src/cost/estimate';
import { type Usage, USAGE } from '../../../cli/src/cost/usage';

export type Resources = { readonly [logicalId: string]: TemplateResource };

/** A stage of one stack that nothing but these resources is in. */
export function stageOf(resources: Resources, name = 'production'): AssemblyStage {
  return {
    name,
    stacks: [
      { id: 'Stack', stackName: `${name}-Stack`, region: 'us-east-1', file: 'Stack.template.json', template: { Resources: resources } },
    ],
  };
}

/** What resources cost when they are used like production, but for what is said. */
export function costOf(resources: Resources, usage: Partial<Usage> = {}): StageCost {
  return estimate(stageOf(resources), { profile: 'production', usage: { ...USAGE.production, ...usage } });
}

/** The lines of one resource, as `<basis> = <usd>`. */
export function billOf(logicalId: string, resources: Resources, usage: Partial<Usage> = {}): string[] {
  return costOf(resources, usage)
    .lines.filter((line) => line.resource === `production-Stack/${logicalId}`)
    .map(({ basis, usd }) => `${basis} = ${usd}`);
}

/** Why something of the resources is not in the sum. */
export function gapsOf(resources: Resources): string[] {
  return costOf(resources).unpriced.map(({ reason }) => reason);
}

export function resource(Type: string, Properties: { readonly [name: string]: unknown } = {}): TemplateResource {
  return { Type, Properties };
}
