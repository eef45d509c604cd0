import { Joined, Reference, Unresolved } from './resolved';
import { isObject, type StackTemplate } from './template';

/** The zones of whatever region it is; no region has more. */
const ZONES = Array.from({ length: 6 }, (_, index) => new Unresolved(`AvailabilityZones[${index}]`));

/** Whether an object is a call of an intrinsic function: one key that names one. */
export function isCall(value: { readonly [key: string]: unknown }): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === 'Ref' || keys[0].startsWith('Fn::'));
}

/** The result of a function that depends on nothing but its resolved argument and its own stack's mappings. */
export function call(name: string, argument: unknown, { template }: StackTemplate): unknown {
  const list: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  if (name === 'Fn::Join' && typeof list[0] === 'string' && Array.isArray(list[1])) return joined(list[0], list[1]);
  if (name === 'Fn::Select' && Array.isArray(list[1])) return selected(list[0], list[1]);
  if (name === 'Fn::Split' && typeof list[0] === 'string' && typeof list[1] === 'string') return list[1].split(list[0]);
  if (name === 'Fn::FindInMap') return mapped(template.Mappings, list) ?? new Unresolved(name, list);
  if (name === 'Fn::Base64') return argument;
  if (name === 'Fn::GetAZs') return ZONES;
  return new Unresolved(name === 'Fn::Select' ? `${name}[${String(list[0])}]` : name, list);
}

/** A text when every part is one, else the parts. */
export function joined(separator: string, parts: readonly unknown[]): unknown {
  const spaced = parts.flatMap((part, index) => (index > 0 && separator !== '' ? [separator, part] : [part]));
  const flat = spaced.flatMap((part): unknown[] => (part instanceof Joined ? [...part.parts] : [part]));
  const merged = flat.reduce<unknown[]>((done, part) => {
    const last = done.at(-1);
    const literal = typeof part === 'number' || typeof part === 'boolean' ? String(part) : part;
    if (literal === '') return done;
    return typeof literal === 'string' && typeof last === 'string' ? [...done.slice(0, -1), last + literal] : [...done, literal];
  }, []);
  if (merged.length === 0) return '';
  const [only] = merged;
  return merged.length === 1 && (typeof only === 'string' || only instanceof Reference) ? only : new Joined(merged);
}

function selected(index: unknown, list: readonly unknown[]): unknown {
  const value = list[Number(index)];
  return value ?? new Unresolved(`Fn::Select[${String(index)}]`, list);
}

function mapped(mappings: unknown, [map, first, second]: readonly unknown[]): unknown {
  const inner = isObject(mappings) ? mappings[String(map)] : undefined;
  const row = isObject(inner) ? inner[String(first)] : undefined;
  return isObject(row) ? row[String(second)] : undefined;
}
