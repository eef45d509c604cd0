import { isObject } from '../../../lib/assembly';

/** A number that a template says, as a number or as a text. */
export function numberIn(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A switch that a template says, as CloudFormation takes it. */
export function isOn(value: unknown): boolean {
  return value === true || value === 'true';
}

/** A list of objects; anything else in it is left out. */
export function objectsIn(value: unknown): readonly { readonly [name: string]: unknown }[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a property of a property is, or nothing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
}

/** A text that a template says; what is known only when it is deployed reads so. */
export function textIn(value: unknown, fallback: string): string {
  if (value === undefined) return fallback;
  return typeof value === 'string' ? value : 'that is unknown before deployment';
}
