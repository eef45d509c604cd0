import {
  type AssemblyStage,
  isObject,
  Reference,
  referencesIn,
  Resolver,
  resourcesOf,
  type StackTemplate,
  type TemplateResource,
} from '../../../../lib/assembly';

/** One resource of the stage, its properties resolved as far as the templates say them. */
export interface StageResource {
  readonly stack: StackTemplate;
  readonly id: string;
  readonly type: string;
  readonly reference: Reference;
  readonly template: TemplateResource;
  readonly properties: { readonly [name: string]: unknown };
}

/** How many resources of a type nothing local stands for. */
export interface Absence {
  readonly type: string;
  readonly count: number;
}

/** The resources of one stage, and which of them the local run stands for. */
export class StageModel {
  readonly resources: readonly StageResource[];
  private readonly stoodFor = new Set<string>();
  private readonly resolver: Resolver;

  constructor(readonly stage: AssemblyStage) {
    const resolver = new Resolver(stage.stacks);
    this.resolver = resolver;
    this.resources = stage.stacks.flatMap((stack) =>
      resourcesOf(stack.template)
        .filter(([, template]) => resolver.exists(stack.id, template))
        .map(([id, template]) => ({
          stack,
          id,
          type: template.Type,
          reference: new Reference(stack.id, id, 'Ref'),
          template,
          properties: fieldsOf(resolver.resolve(stack.id, template.Properties ?? {})),
        })),
    );
  }

  ofType(type: string): StageResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resource that a resolved value names, if it names one. */
  named(value: unknown): StageResource | undefined {
    return value instanceof Reference ? this.resources.find(({ reference }) => reference.sameResource(value)) : undefined;
  }

  /** The resources that a value of a stack's template is made from. */
  namedIn(stack: string, value: unknown): StageResource[] {
    return referencesIn(this.resolver.resolve(stack, value)).flatMap((reference) => this.named(reference) ?? []);
  }

  /** Says that something local stands for these. */
  standFor(...resources: readonly (StageResource | undefined)[]): void {
    for (const resource of resources) if (resource) this.stoodFor.add(keyOf(resource.reference));
  }

  /** What nothing local stands for: every other resource, counted by type. */
  absences(): Absence[] {
    const counts = new Map<string, number>();
    for (const { type, reference } of this.resources) {
      if (!this.stoodFor.has(keyOf(reference))) counts.set(type, (counts.get(type) ?? 0) + 1);
    }
    return [...counts].map(([type, count]) => ({ type, count })).toSorted((a, b) => a.type.localeCompare(b.type));
  }
}

/** The name of a resource in the whole assembly. */
export function keyOf({ stack, logicalId }: Reference): string {
  return `${stack}/${logicalId}`;
}

/** The fields of an object, none of anything else. */
export function fieldsOf(value: unknown): { readonly [name: string]: unknown } {
  return isObject(value) ? value : {};
}

/** The objects of a list, none of anything else. */
export function listOf(value: unknown): { readonly [name: string]: unknown }[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The text of a literal, nothing of anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The number that a literal says, else the fallback. */
export function numberOf(value: unknown, fallback: number): number {
  const number = Number(textOf(value) ?? Number.NaN);
  return Number.isFinite(number) ? number : fallback;
}
