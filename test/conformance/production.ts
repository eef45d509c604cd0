import { type AssemblyStage, readAssembly, type TemplateResource } from '../../lib/assembly';
import { platformAssembly } from '../support/stages';

type Resources = { readonly [logicalId: string]: TemplateResource };

/** The production stage of the app in bin/. */
export const production = readAssembly(platformAssembly()).find(({ name }) => name === 'production')!;

/** A stage with further resources in one of its stacks. */
export function withResources(stack: RegExp, resources: Resources, stage = production): AssemblyStage {
  return mapped(stage, (before, id) => (stack.test(id) ? { ...before, ...resources } : before));
}

/** A stage with other properties in the resources of a type whose ids match; one that is undefined is taken away. */
export function withProperties(
  type: string,
  id: RegExp,
  properties: { readonly [name: string]: unknown },
  stage = production,
): AssemblyStage {
  const change = ([logicalId, resource]: readonly [string, TemplateResource]) => {
    const isMeant = resource.Type === type && id.test(logicalId);
    return [logicalId, isMeant ? { ...resource, Properties: { ...resource.Properties, ...properties } } : resource] as const;
  };
  return mapped(stage, (before) => Object.fromEntries(Object.entries(before).map(change)));
}

/** The resource of a type whose id matches, with its id. */
export function resourceOf(type: string, id = /./) {
  const [logicalId, { Properties = {} }] = production.stacks
    .flatMap(({ template }) => Object.entries(template.Resources ?? {}))
    .find(([one, { Type }]) => Type === type && id.test(one))!;
  return { id: logicalId, properties: Properties };
}

function mapped(stage: AssemblyStage, change: (resources: Resources, stack: string) => Resources): AssemblyStage {
  const stacks = stage.stacks.map((stack) => {
    const { Resources = {}, ...rest } = stack.template;
    return { ...stack, template: { ...rest, Resources: change(Resources, stack.id) } };
  });
  return { ...stage, stacks };
}
