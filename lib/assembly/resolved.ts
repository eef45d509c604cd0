/** A resource, or one of its attributes: what `Ref` and `Fn::GetAtt` name, whichever stack the name was read in. */
export class Reference {
  constructor(
    readonly stack: string,
    readonly logicalId: string,
    /** `Ref` for the resource itself. */
    readonly attribute: string,
  ) {}

  /** Whether both name the same resource, by whatever attribute. */
  sameResource(other: unknown): boolean {
    return other instanceof Reference && other.stack === this.stack && other.logicalId === this.logicalId;
  }
}

/** A text that is known only in parts: an ARN around a reference, as a rule. */
export class Joined {
  constructor(readonly parts: readonly unknown[]) {}
}

/** What is known only when CloudFormation runs: a parameter without default, a part of an attribute, a function we do not know. */
export class Unresolved {
  constructor(
    /** The function or parameter. */
    readonly what: string,
    /** What it is made from. */
    readonly from: readonly unknown[] = [],
  ) {}
}

/** Whether a value is one of the three that resolving makes. */
export function isResolved(value: unknown): value is Reference | Joined | Unresolved {
  return value instanceof Reference || value instanceof Joined || value instanceof Unresolved;
}

/** Every reference in a resolved value, however deep. */
export function referencesIn(value: unknown): Reference[] {
  if (value instanceof Reference) return [value];
  if (value instanceof Joined) return value.parts.flatMap(referencesIn);
  if (value instanceof Unresolved) return value.from.flatMap(referencesIn);
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(referencesIn);
  return [];
}

/** A resolved value as a reader sees it: references as `${stack/id.Attribute}`. */
export function shown(value: unknown): unknown {
  if (value instanceof Reference) {
    return `\${${value.stack}/${value.logicalId}${value.attribute === 'Ref' ? '' : `.${value.attribute}`}}`;
  }
  if (value instanceof Joined) return value.parts.map((part) => (typeof part === 'string' ? part : String(shown(part)))).join('');
  if (value instanceof Unresolved) return `\${${value.what}}`;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one)]));
  return value;
}
