import type { JsonSchema } from '../api/schema';
import { CONDITIONS, RequestProblem } from './problems';

const WHOLE = /^-?\d{1,15}$/;

/** The parameters of a query, each given once; those whose schema is a whole number are numbers. */
export function parseQuery(query: string, schemas: { readonly [name: string]: JsonSchema }): { readonly [name: string]: unknown } {
  const values = new Map<string, unknown>();
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [rawName, ...rest] = pair.split('=');
    const name = decoded(rawName);
    const text = decoded(rest.join('='));
    if (values.has(name))
      throw new RequestProblem(CONDITIONS.malformed, `each parameter must be given once, got ${name.slice(0, 80)} twice`);
    const isNumber = Object.hasOwn(schemas, name) && schemas[name].type === 'integer' && WHOLE.test(text);
    values.set(name, isNumber ? Number(text) : text);
  }
  return Object.fromEntries(values);
}

/** Percent-decoded text of a request target. */
export function decoded(text: string, what = 'the query'): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    throw new RequestProblem(CONDITIONS.malformed, `${what} must be percent-encoded UTF-8, got ${text.slice(0, 80)}`);
  }
}
