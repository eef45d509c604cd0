import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import {
  generateKeyPair,
  generateSecret,
  jwks,
  keyId,
  privateKeyOf,
  publicKeyOf,
  publicKeysOf,
  publicKeyText,
  secretBytes,
  SigningError,
} from 'plinth-runtime/signing';
import { VECTOR } from './support';

/** The key of RFC 8037, appendix A. */
const RFC = {
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  seed: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  thumbprint: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
};
const base64 = (url: string) => Buffer.from(url, 'base64url').toString('base64');
const encoded = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64');

describe('a secret', () => {
  test('is made of 32 random bytes behind whsec_', () => {
    expect(generateSecret(() => Buffer.alloc(32, 7))).toBe(`whsec_${encoded(32)}`);
    expect(secretBytes(generateSecret())).toHaveLength(32);
    expect(generateSecret()).not.toBe(generateSecret());
  });

  test.each([24, 64])('may have %d bytes', (size) => {
    expect(secretBytes(`whsec_${encoded(size)}`)).toEqual(Buffer.alloc(size, 7));
  });

  test('CTX-10.3 may be words of the receiver: the sample is taken', () => {
    expect(secretBytes('webhook_secret_key')).toEqual(Buffer.from('webhook_secret_key'));
    expect(secretBytes('schlüssel-für-zwei')).toEqual(Buffer.from('schlüssel-für-zwei', 'utf8'));
  });

  test.each([
    ['too short', `whsec_${encoded(23)}`, 'got 23 bytes; generate another'],
    ['too long', `whsec_${encoded(65)}`, 'got 65 bytes; generate another'],
    ['without padding', `whsec_${encoded(32).replace('=', '')}`, 'got 43 characters that are not such base64; encode the bytes again'],
    ['in base64url', `whsec_${'-_'.repeat(20)}`, 'got 40 characters that are not such base64; encode the bytes again'],
    ['in few words', 'fifteen letters', 'got 15 bytes; give one of that size, or generate one'],
    ['in many words', 'x'.repeat(257), 'got 257 bytes; give one of that size, or generate one'],
    ['with half a character', `sixteen letters \ud800`, 'got half of a surrogate pair; give text that has UTF-8 bytes'],
    ['a private key', VECTOR.privateKey, 'got a key of v1a (whsk_...); give a secret, or use the key as one of v1a'],
  ])('is refused when it is %s, without being shown', (_name, secret, said) => {
    const error = thrown(() => secretBytes(secret));
    expect(error).toMatchObject({ name: 'SigningError', code: 'invalid-secret', message: expect.stringContaining(said) });
    expect(error.message).not.toContain(secret.slice(6, 16));
  });
});

describe('a key pair', () => {
  test('is written with whsk_ and 64 bytes, whpk_ and 32', () => {
    const { privateKey, publicKey } = generateKeyPair();
    expect(Buffer.from(privateKey.slice(5), 'base64')).toHaveLength(64);
    expect(Buffer.from(publicKey.slice(5), 'base64')).toHaveLength(32);
    expect(publicKeyText(privateKeyOf(privateKey))).toBe(publicKey);
    expect(publicKeyText(publicKeyOf(publicKey))).toBe(publicKey);
  });

  test('is read from a seed alone', () => {
    expect(publicKeyText(privateKeyOf(`whsk_${base64(RFC.seed)}`))).toBe(`whpk_${base64(RFC.x)}`);
    expect(publicKeyText(privateKeyOf(VECTOR.privateKey))).toBe(VECTOR.publicKey);
  });

  test.each([
    ['of another size', `whsk_${encoded(31)}`, 'key must be whsk_ and 32 or 64 bytes in base64, got 31 bytes; generate a pair'],
    [
      'a public key',
      VECTOR.publicKey,
      'key must be whsk_ and 32 or 64 bytes in base64, got 49 characters of another form; generate a pair',
    ],
    ['of two pairs', `whsk_${encoded(64)}`, 'private key must hold the public key of its seed, got another; generate a pair'],
  ])('is refused when its private key is %s', (_name, text, message) => {
    expect(thrown(() => privateKeyOf(text))).toMatchObject({ code: 'invalid-key', message });
  });

  test('is refused when its public key is a private one', () => {
    expect(thrown(() => publicKeyOf(VECTOR.privateKey))).toMatchObject({
      message: 'key must be whpk_ and 32 bytes in base64, got 93 characters of another form; generate a pair',
    });
  });

  test('is of no other curve', () => {
    const { publicKey } = generateKeyPairSync('x25519');
    expect(thrown(() => publicKeyText(publicKey))).toMatchObject({
      code: 'invalid-key',
      message: 'key must be of ed25519, got one of x25519; generate a pair',
    });
  });
});

describe('a key set', () => {
  test('names each key by its thumbprint, as RFC 8037 shows', () => {
    const publicKey = `whpk_${base64(RFC.x)}`;
    expect(keyId(publicKey)).toBe(RFC.thumbprint);
    expect(jwks([publicKey])).toEqual({
      keys: [{ kty: 'OKP', crv: 'Ed25519', x: RFC.x, kid: RFC.thumbprint, use: 'sig', alg: 'EdDSA' }],
    });
  });

  test('is read back, by us and by Node', () => {
    const keys = [generateKeyPair(), generateKeyPair()].map(({ publicKey }) => publicKey);
    const served: unknown = JSON.parse(JSON.stringify(jwks(keys)));
    expect(publicKeysOf(served)).toEqual(keys);
    expect(publicKeyOf(keys[0]).export({ format: 'jwk' })).toMatchObject({ x: jwks(keys).keys[0].x } satisfies JsonWebKey);
  });

  test.each([
    ['null', null],
    ['text', 'x'],
    ['keys that are no list', { keys: {} }],
    ['other keys', { keys: [null, 1, { kty: 'RSA' }, { kty: 'OKP', crv: 'X25519', x: RFC.x }, { kty: 'OKP', crv: 'Ed25519', x: 'AA' }] }],
    ['a key for encryption', { keys: [{ kty: 'OKP', crv: 'Ed25519', x: RFC.x, use: 'enc' }] }],
  ])('has no key of ours: %s', (_name, keySet) => {
    expect(publicKeysOf(keySet)).toEqual([]);
  });
});

function thrown(work: () => unknown): SigningError {
  try {
    work();
  } catch (error) {
    if (error instanceof SigningError) return error;
    throw error;
  }
  throw new Error('must throw');
}
