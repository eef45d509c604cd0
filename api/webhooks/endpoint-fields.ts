import type { JsonValue } from 'plinth-runtime/jobs';
import { secretBytes, SigningError } from 'plinth-runtime/signing';
import { isEventPattern } from 'plinth-runtime/webhooks';
import { isObject, type JsonObject, unknownFields } from '../shared/json-body';
import { type FieldFault, shown } from '../shared/problem';
import { headersFaults, kindOf, signatureHeaderFault } from './own-headers';

const MOST_EVENTS = 50;
const LONGEST_DESCRIPTION = 500;
const DAY_MS = 86_400_000;

export const FIELDS = ['url', 'events', 'description', 'retry_policy', 'security', 'headers', 'rate_per_second', 'max_in_flight'];
const POLICY_FIELDS = ['max_attempts', 'backoff', 'timeout', 'max_elapsed_ms'];
const BACKOFFS = ['exponential', 'linear', 'constant'];

/** What is wrong with a URL as it is written. */
export type UrlFault = (url: JsonValue) => FieldFault | undefined;

export interface FieldRules {
  readonly urlFault: UrlFault;
  /** Whether null takes a field away. */
  readonly isPatch: boolean;
}

/** Everything that is wrong with the fields of an endpoint that are there. */
export function fieldFaults(body: JsonObject, { urlFault, isPatch }: FieldRules): FieldFault[] {
  const given = (name: string): JsonValue | undefined => (isPatch && body[name] === null ? undefined : body[name]);
  return [
    ...strangeFields(body, FIELDS),
    body.url === undefined ? undefined : urlFault(body.url),
    body.events === undefined ? undefined : eventsFault(body.events),
    descriptionFault(given('description')),
    ...policyFaults(given('retry_policy'), isPatch),
    ...securityFaults(body, isPatch),
    ...headersFaults(given('headers')),
    numberFault('rate_per_second', given('rate_per_second'), { least: 0.1, most: 1000 }),
    numberFault('max_in_flight', given('max_in_flight'), { least: 1, most: 100, isWhole: true }),
  ].filter((fault) => fault !== undefined);
}

function eventsFault(events: JsonValue): FieldFault | undefined {
  const field = 'events';
  const allowed = `1 to ${MOST_EVENTS} types such as document.completed, * for a part or the rest`;
  if (!Array.isArray(events) || events.length === 0 || events.length > MOST_EVENTS) return { field, given: shown(events), allowed };
  const odd = (events as JsonValue[]).findIndex((event) => typeof event !== 'string' || !isEventPattern(event));
  return odd === -1 ? undefined : { field: `events[${odd}]`, given: shown(events[odd]), allowed };
}

function descriptionFault(text: JsonValue | undefined): FieldFault | undefined {
  if (text === undefined || (typeof text === 'string' && text.length <= LONGEST_DESCRIPTION)) return undefined;
  return { field: 'description', given: shown(text), allowed: `a text of at most ${LONGEST_DESCRIPTION} characters` };
}

function policyFaults(policy: JsonValue | undefined, isPatch: boolean): FieldFault[] {
  if (policy === undefined) return [];
  if (!isObject(policy)) return [{ field: 'retry_policy', given: shown(policy), allowed: 'a JSON object' }];
  const { max_attempts: attempts, backoff, timeout, max_elapsed_ms: elapsed } = policy;
  const isBackoff = backoff === undefined || (typeof backoff === 'string' && BACKOFFS.includes(backoff));
  return [
    ...strangeFields(policy, POLICY_FIELDS, 'retry_policy.'),
    numberFault('retry_policy.max_attempts', attempts, { least: 1, most: 20, isWhole: true }),
    isBackoff ? undefined : { field: 'retry_policy.backoff', given: shown(backoff), allowed: `one of ${BACKOFFS.join(', ')}` },
    numberFault('retry_policy.timeout', timeout, { least: 1000, most: 30_000, isWhole: true }),
    isPatch && elapsed === null
      ? undefined
      : numberFault('retry_policy.max_elapsed_ms', elapsed, { least: 1000, most: 7 * DAY_MS, isWhole: true }),
  ].filter((fault) => fault !== undefined);
}

function securityFaults({ security, headers }: JsonObject, isPatch: boolean): (FieldFault | undefined)[] {
  if (security === undefined || (isPatch && security === null)) return [];
  if (!isObject(security)) return [{ field: 'security', given: kindOf(security), allowed: 'a JSON object' }];
  const fields = isPatch ? ['signature_header'] : ['signature_header', 'hmac_secret'];
  return [
    ...strangeFields(security, fields, 'security.'),
    !isPatch && security.signature_header === null
      ? { field: 'security.signature_header', given: 'null', allowed: 'the name of a header' }
      : signatureHeaderFault(security.signature_header, headers),
    isPatch ? undefined : secretFault('security.hmac_secret', security.hmac_secret),
  ];
}

/** Fields that are none here. What they hold is never shown: it may be a secret by another name. */
export const strangeFields = (object: JsonObject, fields: readonly string[], parent = ''): FieldFault[] =>
  unknownFields(object, fields).map(({ field, allowed }) => ({ field: `${parent}${field}`, given: 'a field', allowed }));

/** Never shows what was given. */
export function secretFault(field: string, secret: JsonValue | undefined): FieldFault | undefined {
  const allowed = 'whsec_ and 24 to 64 bytes in base64, or 16 to 256 bytes of text';
  if (secret === undefined) return undefined;
  if (typeof secret !== 'string') return { field, given: kindOf(secret), allowed };
  try {
    secretBytes(secret);
    return undefined;
  } catch (error) {
    if (!(error instanceof SigningError)) throw error;
    return { field, given: `${secret.length} characters that are none`, allowed };
  }
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole?: boolean;
}

export function numberFault(field: string, value: JsonValue | undefined, { least, most, isWhole = false }: Range): FieldFault | undefined {
  if (value === undefined) return undefined;
  const isNumber = typeof value === 'number' && (!isWhole || Number.isInteger(value)) && value >= least && value <= most;
  return isNumber ? undefined : { field, given: shown(value), allowed: `a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}` };
}
