import { randomBytes as systemRandomBytes } from 'node:crypto';
import { base64Bytes } from './base64';
import { SigningError } from './errors';

/** Bytes from a cryptographic source. */
export type RandomBytes = (size: number) => Uint8Array;

const PREFIX = 'whsec_';
const GENERATED_BYTES = 32;
/** Standard Webhooks: 192 to 512 bits. */
const SMALLEST = 24;
const LARGEST = 64;
/** A secret in words of a receiver's own. Longer keys than a block of SHA-256 are hashed by HMAC, so more adds nothing. */
const SMALLEST_WORDS = 16;
const LARGEST_WORDS = 256;

/** A new secret of v1: `whsec_` and 256 random bits. */
export function generateSecret(randomBytes: RandomBytes = systemRandomBytes): string {
  return PREFIX + Buffer.from(randomBytes(GENERATED_BYTES)).toString('base64');
}

/**
 * The key of a v1 secret: what `whsec_` encodes, or the UTF-8 bytes of a secret without that prefix.
 *
 * @example
 * const key: SigningKey = { version: 'v1', kid: 'current', secret: secretBytes('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') };
 */
export function secretBytes(secret: string): Buffer {
  if (/^wh[sp]k_/.test(secret)) {
    throw refused('a secret of v1', `a key of v1a (${secret.slice(0, 5)}...)`, 'give a secret, or use the key as one of v1a');
  }
  return secret.startsWith(PREFIX) ? encoded(secret.slice(PREFIX.length)) : words(secret);
}

function encoded(text: string): Buffer {
  const allowed = `${PREFIX} and ${SMALLEST} to ${LARGEST} bytes in standard base64 with padding`;
  const bytes = base64Bytes(text);
  if (bytes === undefined) throw refused(allowed, `${text.length} characters that are not such base64`, 'encode the bytes again');
  if (bytes.length < SMALLEST || bytes.length > LARGEST) throw refused(allowed, `${bytes.length} bytes`, 'generate another');
  return bytes;
}

function words(text: string): Buffer {
  const allowed = `${PREFIX}..., or ${SMALLEST_WORDS} to ${LARGEST_WORDS} bytes of text`;
  if (/\p{Surrogate}/u.test(text)) throw refused(allowed, 'half of a surrogate pair', 'give text that has UTF-8 bytes');
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length < SMALLEST_WORDS || bytes.length > LARGEST_WORDS) {
    throw refused(allowed, `${bytes.length} bytes`, 'give one of that size, or generate one');
  }
  return bytes;
}

const refused = (allowed: string, given: string, change: string) =>
  new SigningError('invalid-secret', `secret must be ${allowed}, got ${given}; ${change}`);
