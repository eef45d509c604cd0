import { type AssemblyStage, isObject, Reference, referencesIn, Resolver, resourcesOf, tagOf } from '../../../lib/assembly';

/** A resource with its properties resolved as far as the templates say them. */
export interface StageResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: { readonly [name: string]: unknown };
  /** The construct's path where the template has it, else stack and logical id. */
  readonly name: string;
  readonly tier: string;
}

/** Every resource that a stage makes, and how they refer to each other. */
export class StageResources {
  readonly all: readonly StageResource[];

  constructor({ name, environment, stacks }: AssemblyStage) {
    const resolver = new Resolver(stacks);
    this.all = stacks.flatMap((stack) =>
      resourcesOf(stack.template)
        .filter(([, resource]) => resolver.exists(stack.id, resource))
        .map(([logicalId, resource]) => {
          const properties = resolver.resolve(stack.id, resource.Properties ?? {});
          const path = resource.Metadata?.['aws:cdk:path'];
          return {
            stack: stack.id,
            logicalId,
            type: resource.Type,
            properties: isObject(properties) ? properties : {},
            name: typeof path === 'string' ? path.replace(/\/(Resource|Default)$/, '') : `${stack.stackName}/${logicalId}`,
            tier: tierOf(stack.stackName, [name, environment]),
          };
        }),
    );
  }

  ofType(...types: readonly string[]): readonly StageResource[] {
    return this.all.filter(({ type }) => types.includes(type));
  }

  /** The resource that a value names. */
  named(value: unknown): StageResource | undefined {
    return value instanceof Reference
      ? this.all.find(({ stack, logicalId }) => stack === value.stack && logicalId === value.logicalId)
      : undefined;
  }

  /** Whether a value names a resource somewhere within. */
  mentions(value: unknown, { stack, logicalId }: StageResource): boolean {
    return referencesIn(value).some((reference) => reference.stack === stack && reference.logicalId === logicalId);
  }
}

export function tagsOf({ properties }: StageResource, key: string): string | undefined {
  return tagOf(properties.Tags ?? properties.HostedZoneTags ?? properties.BackupPlanTags, key);
}

function tierOf(stackName: string, prefixes: readonly (string | undefined)[]): string {
  const prefix = prefixes.find((one) => one !== undefined && stackName.startsWith(`${one}-`));
  return prefix === undefined ? stackName : stackName.slice(prefix.length + 1);
}
