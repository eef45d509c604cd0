import { isCall } from '../assembly/functions';
import { isObject, shown } from '../assembly';
import type { Evidence } from './demand';
import { ALL, formatPath, parsePath, type Step } from './path';

/** The resource that a place is in. */
export interface ResourceId {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
}

/** Follows the references of a value that stands in a stack. */
export type Resolve = (stack: string, raw: unknown) => unknown;

/** The properties of a resource, or a place in them. */
export class Place {
  constructor(
    private readonly resolve: Resolve,
    readonly resource: ResourceId,
    private readonly steps: readonly (string | number)[],
    private readonly raw: unknown,
    /** Whether what stands here was read out of a text or a reference, in which a template has no further paths. */
    private readonly inside = false,
  ) {}

  /** What stands here, references followed. */
  get value(): unknown {
    return this.resolve(this.resource.stack, this.raw);
  }

  get path(): string {
    return formatPath(this.steps);
  }

  get evidence(): Evidence {
    const { stack, logicalId } = this.resource;
    return { stack, logicalId, path: this.path, value: shown(this.value) };
  }

  /** Evidence that nothing stands at a path below. */
  missing(path: string): Evidence {
    const { stack, logicalId } = this.resource;
    return { stack, logicalId, path: `${this.path}.${path}` };
  }

  /** The places below that a path leads to; what is absent, or set to no value, is none. */
  at(path: string): Place[] {
    return parsePath(path).reduce<Place[]>((places, step) => places.flatMap((place) => place.below(step)), [this]);
  }

  /** The first value at a path below. */
  first(path: string): unknown {
    return this.at(path)[0]?.value;
  }

  /** The same place with what was read out of its text. */
  reading(content: unknown): Place {
    return new Place(this.resolve, this.resource, this.steps, content, true);
  }

  private below(step: Step): Place[] {
    if (isObject(this.raw) && isCall(this.raw)) return this.reading(this.value).below(step);
    if (Array.isArray(this.raw)) {
      return this.raw
        .map((one, index) => this.child(index, one))
        .filter((one, index) => (typeof step === 'object' ? String(one.first(step.key)) === step.value : step === ALL || step === index));
    }
    if (!isObject(this.raw) || typeof step === 'object') return [];
    const properties = this.raw;
    const keys = step === ALL ? Object.keys(properties) : [String(step)];
    return keys.map((key) => this.child(key, properties[key])).filter(({ value }) => value !== undefined);
  }

  private child(step: string | number, raw: unknown): Place {
    return new Place(this.resolve, this.resource, this.inside ? this.steps : [...this.steps, step], raw, this.inside);
  }
}
