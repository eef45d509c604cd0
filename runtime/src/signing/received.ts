import { base64Bytes } from './base64';
import { WebhookVerificationError } from './errors';
import { MESSAGE_ID, MOST_SIGNATURES } from './signatures';

/** Headers as fetch has them, or as Node's http, Express, Fastify or API Gateway have them. */
export type ReceivedHeaders =
  { get(name: string): string | null | undefined } | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the three headers say. Nothing of it is true before a signature matches. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly timestamp: string;
  readonly v1: readonly Buffer[];
  readonly v1a: readonly Buffer[];
}

const TIMESTAMP = /^(0|[1-9]\d{0,14})$/;
const SIGNATURE = /^(v\d{1,3}[a-z]{0,3}),(\S+)$/;
const SIZES: Readonly<Record<string, number>> = { v1: 32, v1a: 64 };
const LONGEST_HEADER = 8192;

/** Reads the headers of a request; every fault is a WebhookVerificationError, whatever they hold. */
export function received(headers: ReceivedHeaders, signatureHeader: string): ReceivedWebhook {
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  const signatures = header(headers, signatureHeader);
  if (!MESSAGE_ID.test(id)) throw malformed('webhook-id', '1 to 255 visible ASCII characters without a full stop', id);
  if (!TIMESTAMP.test(timestamp)) throw malformed('webhook-timestamp', 'whole seconds since the epoch', timestamp);
  return { id, timestamp, ...signaturesIn(signatures, signatureHeader) };
}

function signaturesIn(value: string, name: string): { v1: Buffer[]; v1a: Buffer[] } {
  const allowed = `1 to ${MOST_SIGNATURES} signatures like v1,<base64> with a space between them`;
  const parts = value.length > LONGEST_HEADER ? [] : value.split(' ').filter(Boolean);
  const found: Record<string, Buffer[]> = { v1: [], v1a: [] };
  let isReadable = false;
  for (const part of parts.length > MOST_SIGNATURES ? [] : parts) {
    const [, version, text] = SIGNATURE.exec(part) ?? [];
    if (version === undefined) continue;
    // Versions to come stand beside the ones known here.
    const bytes = version in SIZES ? base64Bytes(text) : undefined;
    if (version in SIZES && bytes?.length !== SIZES[version]) continue;
    isReadable = true;
    if (bytes !== undefined) found[version].push(bytes);
  }
  if (!isReadable) throw malformed(name, allowed, value);
  return { v1: found.v1, v1a: found.v1a };
}

function header(headers: unknown, name: string): string {
  const values = valuesOf(headers, name);
  if (values.length === 0) {
    throw new WebhookVerificationError('missing-header', `${name}: must be there, got a request without it; pass the request's headers`);
  }
  const [value] = values;
  if (values.length > 1 || typeof value !== 'string') {
    throw new WebhookVerificationError('malformed', `${name}: must be one text, got ${values.length > 1 ? values.length : typeof value}`);
  }
  return value;
}

function valuesOf(headers: unknown, name: string): unknown[] {
  if (typeof headers !== 'object' || headers === null) return [];
  if ('get' in headers && typeof headers.get === 'function') return present([(headers as { get(name: string): unknown }).get(name)]);
  return present(
    Object.entries(headers).flatMap(([key, value]: [string, unknown]) => (key.toLowerCase() === name.toLowerCase() ? value : [])),
  );
}

const present = (values: unknown[]): unknown[] => values.filter((value) => value !== undefined && value !== null && value !== '');

function malformed(name: string, allowed: string, given: string): WebhookVerificationError {
  return new WebhookVerificationError('malformed', `${name}: must be ${allowed}, got ${JSON.stringify(given.slice(0, 64))}`);
}
