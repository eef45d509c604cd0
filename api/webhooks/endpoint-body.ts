import type { EndpointChanges, EndpointDraft, RetryPolicy } from 'plinth-runtime/webhooks';
import type { JsonObject } from '../shared/json-body';
import { type FieldFault, shown } from '../shared/problem';
import { fieldFaults, type UrlFault } from './endpoint-fields';

export type Checked<Value> =
  { readonly value: Value; readonly faults?: undefined } | { readonly value?: undefined; readonly faults: readonly FieldFault[] };

const required = (body: JsonObject, field: string, allowed: string): FieldFault[] =>
  body[field] === undefined ? [{ field, given: shown(undefined), allowed }] : [];

/** An endpoint out of JSON, or everything that is wrong with it. */
export function checkDraft(body: JsonObject, urlFault: UrlFault): Checked<EndpointDraft> {
  const faults = [
    ...required(body, 'url', 'an https URL of a public host'),
    ...required(body, 'events', 'types of events such as document.completed'),
    ...fieldFaults(body, { urlFault, isPatch: false }),
  ];
  if (faults.length > 0) return { faults };
  const { url, events, description, headers, security } = body;
  const { hmac_secret: secret } = (security ?? {}) as JsonObject;
  const { retryPolicy, limits, signatureHeader } = changesIn(body);
  const draft = { url, events, description, headers, signatureHeader: signatureHeader ?? undefined, secret, retryPolicy, limits };
  return { value: draft as EndpointDraft };
}

/** What a PATCH changes, or everything that is wrong with it. */
export function checkChanges(body: JsonObject, urlFault: UrlFault): Checked<EndpointChanges> {
  const faults = fieldFaults(body, { urlFault, isPatch: true });
  if (Object.keys(body).length === 0) faults.push({ field: 'body', given: 'no field', allowed: 'at least one field to change' });
  for (const field of ['retry_policy', 'max_in_flight', 'security']) {
    if (body[field] === null) faults.push({ field, given: 'null', allowed: 'a value, or no such field' });
  }
  return faults.length > 0 ? { faults } : { value: changesIn(body) };
}

/** The fields of a body that was found good. */
function changesIn({ url, events, description, headers, ...body }: JsonObject): EndpointChanges {
  const { max_attempts, backoff, timeout, max_elapsed_ms } = (body.retry_policy ?? {}) as JsonObject;
  const { signature_header: named } = (body.security ?? {}) as JsonObject;
  // The name that carries them in any case.
  const signatureHeader = typeof named === 'string' && named.toLowerCase() === 'webhook-signature' ? null : named;
  const retryPolicy = { maxAttempts: max_attempts, backoff, timeoutMs: timeout, maxElapsedMs: max_elapsed_ms } as Partial<RetryPolicy>;
  const limits = { inFlight: body.max_in_flight, ratePerSecond: body.rate_per_second };
  const given = (fields: object) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return { url, events, description, headers, signatureHeader, retryPolicy: given(retryPolicy), limits: given(limits) } as EndpointChanges;
}

/** A header of signatures that is one of the custom ones besides: of the changes and what stands. */
export const clashFault = ({ signatureHeader }: EndpointChanges): FieldFault => ({
  field: 'security.signature_header',
  given: signatureHeader === undefined ? 'the one that stands' : shown(signatureHeader),
  allowed: 'a name that is not among headers',
});
