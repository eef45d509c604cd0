import type { JsonValue } from 'plinth-runtime/jobs';
import { type ApiProblem, type FieldFault, invalidRequest, shown } from './problem';
import type { ApiRequest } from './route';

export type JsonObject = { readonly [key: string]: JsonValue };

/** How deep JSON may nest: what walks it later does so by recursion. */
const DEEPEST = 32;

export type Read<T> = { readonly value: T; readonly problem?: undefined } | { readonly problem: ApiProblem };

/** The body as a JSON object. */
export function readJsonBody({ headers, body }: ApiRequest, maxBytes: number): Read<JsonObject> {
  if (body.length > maxBytes) return { problem: tooLarge(body.length, maxBytes) };
  const type = headers['content-type'];
  if (!/^application\/json\s*(;|$)/i.test(type ?? '')) return { problem: unsupported(type) };
  const parsed = parse(body);
  if (parsed === undefined) return { problem: malformed(`${body.length} bytes`, 'JSON in UTF-8') };
  if (!isObject(parsed.value)) return { problem: malformed(shown(parsed.value), 'a JSON object') };
  if (isDeeperThan(parsed.value, DEEPEST)) return { problem: malformed('deeper JSON', `JSON nested at most ${DEEPEST} levels deep`) };
  return { value: parsed.value };
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function unknownFields(object: JsonObject, fields: readonly string[]): FieldFault[] {
  return Object.keys(object)
    .filter((name) => !fields.includes(name))
    .map((name) => ({ field: name.slice(0, 100), given: shown(object[name]), allowed: `no field but ${fields.join(', ')}` }));
}

function parse(body: Buffer): { readonly value: JsonValue } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as JsonValue };
  } catch {
    return undefined;
  }
}

function isDeeperThan(value: JsonValue, deepest: number): boolean {
  let level: readonly JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

const malformed = (given: string, allowed: string): ApiProblem => invalidRequest([{ field: 'body', given, allowed }]);

const tooLarge = (bytes: number, maxBytes: number): ApiProblem => ({
  code: 'body-too-large',
  status: 413,
  title: 'The request body is larger than the route takes',
  errors: [{ field: 'body', given: `${bytes} bytes`, allowed: `at most ${maxBytes} bytes` }],
});

const unsupported = (type: string | undefined): ApiProblem => ({
  code: 'unsupported-media-type',
  status: 415,
  title: 'The body must be JSON',
  errors: [{ field: 'content-type', given: shown(type), allowed: 'application/json' }],
});
