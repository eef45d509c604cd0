import { createHash } from 'node:crypto';
import type { JsonValue } from './job';

/** JSON with the keys of every object in order: the same content is the same text. */
export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => canonicalJson(item)).join(',')}]`;
  const entries = Object.entries(value as { [key: string]: JsonValue }).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

/** What two requests under one idempotency key must have in common. */
export const requestHash = (request: JsonValue): string => createHash('sha256').update(canonicalJson(request)).digest('hex');
