import { createHash } from 'node:crypto';
import { publicKeyOf, publicKeyText } from './key-pair';

/** A public key of ed25519 as RFC 8037 writes it. */
export interface Jwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
}

/** What is served at an endpoint's `jwks.json`. */
export interface Jwks {
  readonly keys: readonly Jwk[];
}

const PREFIX = 'whpk_';
const X_FORM = /^[A-Za-z0-9_-]{43}$/;

/** The SHA-256 thumbprint of a `whpk_` key (RFC 7638): its id, the same wherever it is made. */
export function keyId(publicKey: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x: coordinate(publicKey) }))
    .digest('base64url');
}

/**
 * The key set of some `whpk_` keys; each one's `kid` is its thumbprint.
 *
 * @example
 * const body = JSON.stringify(jwks([current.publicKey, previous.publicKey]));
 */
export function jwks(publicKeys: readonly string[]): Jwks {
  return {
    keys: publicKeys.map((key) => ({ kty: 'OKP', crv: 'Ed25519', x: coordinate(key), kid: keyId(key), use: 'sig', alg: 'EdDSA' })),
  };
}

/** The `whpk_` keys of a key set as it was fetched. Keys of other kinds are left out; what is no key set has none. */
export function publicKeysOf(keySet: unknown): string[] {
  const { keys } = (keySet ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys)) return [];
  return keys.flatMap((key: Partial<Record<keyof Jwk, unknown>> | null) =>
    key?.kty === 'OKP' && key.crv === 'Ed25519' && (key.use ?? 'sig') === 'sig' && typeof key.x === 'string' && X_FORM.test(key.x)
      ? [PREFIX + Buffer.from(key.x, 'base64url').toString('base64')]
      : [],
  );
}

function coordinate(publicKey: string): string {
  return Buffer.from(publicKeyText(publicKeyOf(publicKey)).slice(PREFIX.length), 'base64').toString('base64url');
}
