import type { JsonValue } from 'plinth-runtime/jobs';
import { headerFault } from 'plinth-runtime/safe-fetch';
import { isObject } from '../shared/json-body';
import { type FieldFault, shown } from '../shared/problem';

const MOST = 20;
const MOST_BYTES = 8192;

/** What a value is, where it may be a credential itself. */
export const kindOf = (value: JsonValue): string =>
  typeof value === 'string' ? 'a text' : typeof value === 'number' ? 'a number' : shown(value);

/** What is wrong with the headers an endpoint wants sent along. Values are never shown: they may be credentials. */
export function headersFaults(headers: JsonValue | undefined): FieldFault[] {
  const field = 'headers';
  if (headers === undefined) return [];
  if (!isObject(headers)) return [{ field, given: kindOf(headers), allowed: 'a JSON object of names and values' }];
  const names = Object.keys(headers);
  if (names.length > MOST) return [{ field, given: `${names.length} headers`, allowed: `at most ${MOST}` }];
  const faults = names.flatMap((name) => faultOf(name, headers[name]) ?? []);
  const lower = names.map((name) => name.toLowerCase());
  if (new Set(lower).size < lower.length) faults.push({ field, given: 'a name twice', allowed: 'each name once, whatever its case' });
  const bytes = Buffer.byteLength(JSON.stringify(headers));
  if (faults.length === 0 && bytes > MOST_BYTES) faults.push({ field, given: `${bytes} bytes`, allowed: `at most ${MOST_BYTES} bytes` });
  return faults;
}

function faultOf(name: string, value: JsonValue | undefined): FieldFault | undefined {
  const field = `headers.${name.slice(0, 100)}`;
  if (typeof value !== 'string') return { field, given: `no text (${typeof value})`, allowed: 'a text' };
  return split(field, headerFault(name, value));
}

/** A header of the receiver's choice for the signatures, besides the custom ones. */
export function signatureHeaderFault(name: JsonValue | undefined, headers: JsonValue | undefined): FieldFault | undefined {
  const field = 'security.signature_header';
  if (name === undefined || name === null) return undefined;
  if (typeof name !== 'string') return { field, given: shown(name), allowed: 'the name of a header' };
  const isTaken = isObject(headers) && Object.keys(headers).some((other) => other.toLowerCase() === name.toLowerCase());
  if (isTaken) return { field, given: shown(name), allowed: 'a name that is not among headers' };
  // What receivers read by default may be named, and changes nothing.
  return name.toLowerCase() === 'webhook-signature' ? undefined : split(field, headerFault(name, 'v1'));
}

/** `<part> must be <allowed>, got <given>`, or `name "x" is reserved`. */
function split(field: string, fault: string | undefined): FieldFault | undefined {
  if (fault === undefined) return undefined;
  const [allowed = fault, given = 'another'] = fault.split(/, got /);
  return fault.endsWith(' is reserved') ? { field, given: fault, allowed: 'a name that is not reserved' } : { field, given, allowed };
}
