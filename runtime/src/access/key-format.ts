import { createHash, randomBytes as systemRandomBytes } from 'node:crypto';

/** Bytes from a cryptographic source. */
export type RandomBytes = (size: number) => Uint8Array;

const FORM = /^plk_([a-z0-9]{16})_[A-Za-z0-9_-]{43,128}$/;
const WORD = /^[a-z0-9][a-z0-9-]{0,63}$/;
const ID_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 16;
const SECRET_BYTES = 32;
/** The largest multiple of the alphabet below 256: bytes from there on would make the first letters likelier. */
const FAIR_BELOW = 252;

/**
 * The id of the key a caller presents. A word without the form of a key is its own id: none is ever made, and only a store that was
 * given such a row, as the local run's, knows it. Anything else has none.
 */
export function keyIdOf(presented: string): string | undefined {
  return FORM.exec(presented)?.[1] ?? (WORD.test(presented) ? presented : undefined);
}

/** What is stored and compared in a key's place: the secret has 256 random bits, so one round is enough. */
export const hashOf = (presented: string): string => createHash('sha256').update(presented).digest('hex');

/** A new key id: 16 letters and digits, 82 bits. */
export function makeKeyId(randomBytes: RandomBytes = systemRandomBytes): string {
  let id = '';
  while (id.length < ID_LENGTH) {
    for (const byte of randomBytes(ID_LENGTH)) {
      if (byte < FAIR_BELOW && id.length < ID_LENGTH) id += ID_CHARACTERS[byte % ID_CHARACTERS.length];
    }
  }
  return id;
}

/** A new key of an id: a prefix that secret scanners find, the id, 256 random bits. */
export function makeKey(keyId: string, randomBytes: RandomBytes = systemRandomBytes): string {
  return `plk_${keyId}_${Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')}`;
}
