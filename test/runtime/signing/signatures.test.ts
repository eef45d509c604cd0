import { createPublicKey, sign as signWith, verify } from 'node:crypto';
import fc from 'fast-check';
import { generateSecret, privateKeyOf, publicKeyOf, signatures, signingKey, webhookHeaders } from 'plinth-runtime/signing';
import { Webhook } from 'standardwebhooks';
import { pair, v1, v1a, VECTOR } from './support';

const { message } = VECTOR;

test('CTX-10.3 signs by HMAC as the vector of Standard Webhooks says', () => {
  expect(signatures(message, [v1(VECTOR.secret)])).toBe(VECTOR.v1);
});

test('signs by ed25519 as the first implementation of v1a does', () => {
  expect(signatures(message, [v1a(VECTOR.privateKey)])).toBe(VECTOR.v1a);
});

test('CTX-10.3 carries the HMAC signatures in a header whose name the endpoint chose, besides webhook-signature', () => {
  const headers = webhookHeaders(message, [v1(VECTOR.secret), v1a(pair.privateKey)], { signatureHeader: 'X-Mixpeek-Signature' });

  expect(headers).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': expect.stringMatching(/^v1,\S+ v1a,\S+$/),
    'X-Mixpeek-Signature': VECTOR.v1,
  });
});

test('CTX-10.3 signs with a secret in words, as its bytes in UTF-8', () => {
  const words = 'webhook_secret_key';

  expect(signatures(message, [v1(words)])).toBe(
    new Webhook(words, { format: 'raw' }).sign(message.id, at(message.timestamp), message.body),
  );
});

test('gives a signature a key, in their order', () => {
  const [old, current] = [generateSecret(), generateSecret()];
  const expected = [current, old].map((secret) => signatures(message, [v1(secret)]));

  expect(signatures(message, [v1(current), v1(old), v1a(VECTOR.privateKey)])).toBe([...expected, VECTOR.v1a].join(' '));
});

test('CTX-10.3 signs any text as the library of Standard Webhooks does', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ minLength: 24, maxLength: 64 }),
      fc.nat(99_999_999_999),
      (text, key, timestamp) => {
        const body = Buffer.from(text);
        const secret = `whsec_${Buffer.from(key).toString('base64')}`;
        expect(signatures({ id: 'msg_1', timestamp, body }, [v1(secret)])).toBe(new Webhook(secret).sign('msg_1', at(timestamp), body));
      },
    ),
    { seed: 10, numRuns: 200 },
  );
});

test('what it signs by ed25519 Node verifies over id, time and body', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (body, seed) => {
      const key = privateKeyOf(`whsk_${Buffer.from(seed).toString('base64')}`);
      const [, signature] = signatures({ ...message, body }, [{ version: 'v1a', kid: 'b', privateKey: key }]).split(',');
      const content = Buffer.concat([Buffer.from(`${message.id}.${message.timestamp}.`), body]);
      expect(verify(null, content, createPublicKey(key), Buffer.from(signature, 'base64'))).toBe(true);
      expect(signature).toBe(signWith(null, content, key).toString('base64'));
    }),
    { seed: 11, numRuns: 100 },
  );
});

test.each(['msg.1', '.', '', 'msg 1', 'msg\r\nx-evil: 1', 'msg\0', 'möve', 'm'.repeat(256)])('does not sign the id %j', (id) => {
  expect(() => signatures({ ...message, id }, [v1(VECTOR.secret)])).toThrow(
    expect.objectContaining({
      code: 'invalid-message',
      message: `id must be 1 to 255 visible ASCII characters without a full stop, got ${JSON.stringify(id.slice(0, 64))}; make one like msg_1`,
    }),
  );
});

test.each([-1, 1.5, Number.NaN, Infinity, Date.UTC(2026, 0, 1)])('does not sign the time %d', (timestamp) => {
  expect(() => signatures({ ...message, timestamp }, [v1(VECTOR.secret)])).toThrow(
    expect.objectContaining({
      code: 'invalid-message',
      message: `timestamp must be whole seconds since the epoch, got ${timestamp}; divide milliseconds by 1000`,
    }),
  );
});

test.each([0, 33])('does not sign with %d keys', (count) => {
  expect(() =>
    signatures(
      message,
      Array.from({ length: count }, () => v1(VECTOR.secret)),
    ),
  ).toThrow(expect.objectContaining({ code: 'invalid-key', message: `keys must be 1 to 32, got ${count}; end the overlap of old ones` }));
});

test.each(['webhook-id', 'Webhook-Signature', 'x y', 'x:y', 'x\r\ny', ''])('does not sign into the header %j', (signatureHeader) => {
  expect(() => webhookHeaders(message, [v1(VECTOR.secret)], { signatureHeader })).toThrow(
    `signatureHeader must be the name of a header, not one of webhook-*, got ${JSON.stringify(signatureHeader)}; choose another`,
  );
});

test('does not leave a header of the endpoint empty', () => {
  expect(() => webhookHeaders(message, [v1a(pair.privateKey)], { signatureHeader: 'x-signature' })).toThrow(
    'signatureHeader carries the v1 signatures, got keys of v1a only; add a secret',
  );
});

test('makes a key of what was kept as text', () => {
  expect(signingKey('k', VECTOR.secret)).toEqual({
    version: 'v1',
    kid: 'k',
    secret: Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'),
  });
  expect(signatures(message, [signingKey('k', VECTOR.privateKey)])).toBe(VECTOR.v1a);
  expect(publicKeyOf(pair.publicKey).equals(createPublicKey(privateKeyOf(pair.privateKey)))).toBe(true);
});

const at = (seconds: number) => new Date(seconds * 1000);
