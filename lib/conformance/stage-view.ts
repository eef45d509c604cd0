import { type AssemblyStage, Reference, Resolver, resourcesOf, type StackTemplate, tagOf } from '../assembly';
import { Place } from './place';

/** The tags that plinth gives every resource of a platform, besides `service`. */
const PLATFORM_TAGS = ['environment', 'project', 'team'];

/** Tiers that no platform is without, as the tag `service` names them. */
const PLATFORM_TIERS = ['network', 'api'];

/** What checks see of a stage: its resources, with every reference followed. */
export class StageView {
  readonly environment?: string;
  private readonly byType = new Map<string, Place[]>();
  private readonly byId = new Map<string, Place>();

  /**
   * @param stage the stage that is judged
   * @param reachable every stack that its references may lead to
   */
  constructor({ environment, stacks }: AssemblyStage, reachable: readonly StackTemplate[] = stacks) {
    this.environment = environment;
    const resolver = new Resolver(reachable);
    const resolve = (stack: string, raw: unknown) => resolver.resolve(stack, raw);
    for (const { id, template } of stacks) {
      for (const [logicalId, resource] of resourcesOf(template)) {
        if (!resolver.exists(id, resource)) continue;
        const place = new Place(resolve, { stack: id, logicalId, type: resource.Type }, ['Properties'], resource.Properties ?? {});
        this.byType.set(resource.Type, [...(this.byType.get(resource.Type) ?? []), place]);
        this.byId.set(`${id}/${logicalId}`, place);
      }
    }
  }

  /** The resources of a type, each as the place of its properties. */
  resources(type: string): readonly Place[] {
    return this.byType.get(type) ?? [];
  }

  all(): readonly Place[] {
    return [...this.byId.values()];
  }

  /** The resource that a resolved value refers to. */
  referred(value: unknown): Place | undefined {
    return value instanceof Reference ? this.byId.get(`${value.stack}/${value.logicalId}`) : undefined;
  }

  /** Whether the stage is a platform, of which every part must be there, or just some constructs, which are judged alone. */
  isPlatform(): boolean {
    const tiers = [...this.byId.values()]
      .map((place) => place.first('Tags'))
      .filter((tags) => PLATFORM_TAGS.every((tag) => tagOf(tags, tag) !== undefined))
      .map((tags) => tagOf(tags, 'service'));
    return PLATFORM_TIERS.every((tier) => tiers.includes(tier));
  }
}
