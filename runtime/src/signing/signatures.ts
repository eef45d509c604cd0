import { createHmac, type KeyObject, sign } from 'node:crypto';
import { SigningError } from './errors';
import { privateKeyOf } from './key-pair';
import { secretBytes } from './secrets';

/** What is posted: the id is the same at each attempt, the time is the attempt's. */
export interface WebhookMessage {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly body: Uint8Array;
}

/** v1: HMAC-SHA256. v1a: ed25519. */
export type SigningKey =
  | { readonly version: 'v1'; readonly kid: string; readonly secret: Buffer }
  | { readonly version: 'v1a'; readonly kid: string; readonly privateKey: KeyObject };

export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
  readonly [name: string]: string;
}

export interface WebhookHeaderOptions {
  /** A header of the receiver's choice that carries the v1 signatures too. */
  readonly signatureHeader?: string;
}

/** More signatures than this in a header are refused by the verifier. */
export const MOST_SIGNATURES = 32;

/** Visible ASCII without the full stop: with one, the same signature would hold for another id, time and body. */
export const MESSAGE_ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** Times from here on are milliseconds that were taken for seconds. */
const LATE = 100_000_000_000;

/**
 * The key that a secret (`whsec_...` or text) or a private key (`whsk_...`) is. Making one of v1a costs about as much as signing with it:
 * keep those of busy endpoints.
 */
export function signingKey(kid: string, text: string): SigningKey {
  return text.startsWith('whsk_')
    ? { version: 'v1a', kid, privateKey: privateKeyOf(text) }
    : { version: 'v1', kid, secret: secretBytes(text) };
}

/** The value of `webhook-signature`: a signature a key, in the order of the keys. */
export function signatures(message: WebhookMessage, keys: readonly SigningKey[]): string {
  check(message, keys);
  const content = signedContent(message.id, String(message.timestamp), message.body);
  return keys.map((key) => `${key.version},${signature(content, key).toString('base64')}`).join(' ');
}

/**
 * The headers of one attempt.
 *
 * @example
 * const headers = webhookHeaders({ id: 'msg_1', timestamp: Math.floor(clock.now() / 1000), body }, keys);
 */
export function webhookHeaders(
  message: WebhookMessage,
  keys: readonly SigningKey[],
  { signatureHeader }: WebhookHeaderOptions = {},
): WebhookHeaders {
  const value = signatures(message, keys);
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': value,
    ...(signatureHeader === undefined ? {} : ownHeader(signatureHeader, value)),
  };
}

/** What is signed: id, time and body with full stops between them. */
export function signedContent(id: string, timestamp: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
}

function signature(content: Buffer, key: SigningKey): Buffer {
  return key.version === 'v1' ? createHmac('sha256', key.secret).update(content).digest() : sign(null, content, key.privateKey);
}

function ownHeader(name: string, value: string): Record<string, string> {
  if (!HEADER_NAME.test(name) || /^webhook-/i.test(name)) {
    throw new SigningError(
      'invalid-message',
      `signatureHeader must be the name of a header, not one of webhook-*, got ${JSON.stringify(name.slice(0, 64))}; choose another`,
    );
  }
  const symmetric = value.split(' ').filter((entry) => entry.startsWith('v1,'));
  if (symmetric.length === 0) {
    throw new SigningError('invalid-key', 'signatureHeader carries the v1 signatures, got keys of v1a only; add a secret');
  }
  return { [name]: symmetric.join(' ') };
}

function check({ id, timestamp }: WebhookMessage, keys: readonly SigningKey[]): void {
  if (!MESSAGE_ID.test(id)) {
    throw new SigningError(
      'invalid-message',
      `id must be 1 to 255 visible ASCII characters without a full stop, got ${JSON.stringify(id.slice(0, 64))}; make one like msg_1`,
    );
  }
  if (!Number.isSafeInteger(timestamp) || timestamp < 0 || timestamp >= LATE) {
    throw new SigningError(
      'invalid-message',
      `timestamp must be whole seconds since the epoch, got ${timestamp}; divide milliseconds by 1000`,
    );
  }
  if (keys.length === 0 || keys.length > MOST_SIGNATURES) {
    throw new SigningError('invalid-key', `keys must be 1 to ${MOST_SIGNATURES}, got ${keys.length}; end the overlap of old ones`);
  }
}
