import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { base64Bytes } from './base64';
import { SigningError } from './errors';

/** An ed25519 key pair as Standard Webhooks writes it. */
export interface KeyPair {
  /** `whsk_` and 64 bytes in base64: the seed and the public key, as the first implementations of v1a write it. */
  readonly privateKey: string;
  /** `whpk_` and 32 bytes in base64. */
  readonly publicKey: string;
}

const PRIVATE_PREFIX = 'whsk_';
const PUBLIC_PREFIX = 'whpk_';
const KEY_BYTES = 32;
/** What RFC 8410 writes before the 32 bytes of a seed. */
const SEED_DER = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A new pair of v1a. */
export function generateKeyPair(): KeyPair {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [seed, rest] = [d, x].map((part) => Buffer.from(part, 'base64url'));
  return {
    privateKey: PRIVATE_PREFIX + Buffer.concat([seed, rest]).toString('base64'),
    publicKey: PUBLIC_PREFIX + rest.toString('base64'),
  };
}

/** The key of `whsk_` and a seed of 32 bytes, alone or with its public key after it. */
export function privateKeyOf(text: string): KeyObject {
  const bytes = decoded(text, PRIVATE_PREFIX, [KEY_BYTES, 2 * KEY_BYTES]);
  const [seed, rest] = [bytes.subarray(0, KEY_BYTES), bytes.subarray(KEY_BYTES)];
  if (rest.length === 0) return createPrivateKey({ key: Buffer.concat([SEED_DER, seed]), format: 'der', type: 'pkcs8' });
  // Ten times faster than from DER, and senders open keys often.
  const key = createPrivateKey({ key: { ...publicJwk(rest), d: seed.toString('base64url') }, format: 'jwk' });
  if (publicKeyBytes(key).equals(rest)) return key;
  throw new SigningError('invalid-key', 'private key must hold the public key of its seed, got another; generate a pair');
}

/** The key of `whpk_` and 32 bytes. */
export function publicKeyOf(text: string): KeyObject {
  return createPublicKey({ key: publicJwk(decoded(text, PUBLIC_PREFIX, [KEY_BYTES])), format: 'jwk' });
}

/** An ed25519 key's public half as `whpk_`. */
export function publicKeyText(key: KeyObject): string {
  if (key.asymmetricKeyType === 'ed25519') return PUBLIC_PREFIX + publicKeyBytes(key).toString('base64');
  throw new SigningError('invalid-key', `key must be of ed25519, got one of ${key.asymmetricKeyType ?? 'no pair'}; generate a pair`);
}

const publicJwk = (bytes: Buffer) => ({ kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') });

const publicKeyBytes = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');

function decoded(text: string, prefix: string, sizes: readonly number[]): Buffer {
  const bytes = text.startsWith(prefix) ? base64Bytes(text.slice(prefix.length)) : undefined;
  if (bytes !== undefined && sizes.includes(bytes.length)) return bytes;
  const given = bytes === undefined ? `${text.length} characters of another form` : `${bytes.length} bytes`;
  throw new SigningError('invalid-key', `key must be ${prefix} and ${sizes.join(' or ')} bytes in base64, got ${given}; generate a pair`);
}
