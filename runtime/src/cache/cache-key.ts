import { createHash } from 'node:crypto';

/** Deeper than any request, shallower than the stack. */
const DEEPEST = 100;

/**
 * The key of a result: SHA-256, in hexadecimal, over everything that it depends on. The same content gives the same key whatever the
 * order of its fields and the Unicode form of its strings. Put the tenant and what the caller may see into it.
 *
 * @example
 * cacheKey({ route: 'recommendations', tenant, scopes, text });
 */
export function cacheKey(parts: unknown): string {
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

/** JSON with sorted keys and strings in Unicode's form C. Fields that are undefined are left out, as JSON does. */
export function canonicalJson(value: unknown, path = '$', depth = 0): string {
  if (depth > DEEPEST) throw refusal(path, `at most ${DEEPEST} levels deep`, 'more');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.normalize('NFC'));
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refusal(path, 'a finite number', String(value));
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, index) => canonicalJson(item, `${path}[${index}]`, depth + 1)).join(',')}]`;
  }
  if (!isPlain(value)) throw refusal(path, 'null, a boolean, a number, a string, an array or a plain object', kindOf(value));
  const fields = new Map<string, string>();
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    const name = key.normalize('NFC');
    if (fields.has(name)) throw refusal(`${path}.${name}`, 'named once', 'two spellings of the name');
    fields.set(name, canonicalJson(field, `${path}.${name}`, depth + 1));
  }
  const sorted = [...fields].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${sorted.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

const kindOf = (value: unknown): string => (typeof value === 'object' ? (value?.constructor?.name ?? 'an object') : typeof value);

const refusal = (path: string, allowed: string, given: string) =>
  new TypeError(`cacheKey: ${path} must be ${allowed}, got ${given}; put only JSON into a key`);
