import crypto from 'node:crypto';
import fc from 'fast-check';
import {
  generateKeyPair,
  generateSecret,
  type ReceivedHeaders,
  WebhookVerificationError,
  webhookHeaders,
  WebhookVerifier,
} from 'plinth-runtime/signing';
import { Webhook } from 'standardwebhooks';
import { errorOf } from '../../support/error-of';
import { clockAt, NOW, pair, v1, v1a, VECTOR, verifier } from './support';

const { message } = VECTOR;
const headers = { 'webhook-id': message.id, 'webhook-timestamp': String(NOW), 'webhook-signature': VECTOR.v1 };
const anyBody = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.constantFrom('', '\0', '\r\n', '...', '{"a":"é\u{1f600}"}', '.1614265330.', ' ').map((text) => Buffer.from(text)),
);
const anyId = fc.stringMatching(/^[!-\-/-~]{1,255}$/);

const refusal = (given: ReceivedHeaders, body: Uint8Array | string = message.body, options = {}) =>
  errorOf<WebhookVerificationError>(verifier(options).verify(given, body));

test('CTX-10.3 verifies the vector of Standard Webhooks, and says what it was', async () => {
  await expect(verifier().verify(headers, message.body)).resolves.toEqual({ ...message, version: 'v1' });
});

test('verifies v1a against the public key alone', async () => {
  const only = verifier({ secrets: [], publicKeys: [VECTOR.publicKey] });
  await expect(only.verify({ ...headers, 'webhook-signature': VECTOR.v1a }, message.body)).resolves.toMatchObject({ version: 'v1a' });
});

test('CTX-10.3 verifies what the library of Standard Webhooks signs', async () => {
  const secret = generateSecret();
  const signed = new Webhook(secret).sign('msg_1', new Date(NOW * 1000), '{"a":"é"}');
  const given = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(NOW), 'webhook-signature': signed };
  await expect(verifier({ secrets: [secret] }).verify(given, '{"a":"é"}')).resolves.toMatchObject({ id: 'msg_1' });
});

test('CTX-10.3 the library of Standard Webhooks verifies what is signed here, among signatures of v1a', () => {
  const secret = generateSecret();
  const timestamp = Math.floor(Date.now() / 1000);
  fc.assert(
    fc.property(fc.jsonValue(), anyId, (value, id) => {
      const body = Buffer.from(JSON.stringify(value));
      const sent = webhookHeaders({ id, timestamp, body }, [v1a(pair.privateKey), v1(generateSecret()), v1(secret)]);
      expect(new Webhook(secret).verify(body, sent)).toEqual(JSON.parse(body.toString()));
    }),
    { seed: 12, numRuns: 100 },
  );
});

test('CTX-10.3 verifies any bytes that were signed with any key', async () => {
  await fc.assert(
    fc.asyncProperty(anyBody, anyId, fc.uint8Array({ minLength: 24, maxLength: 64 }), async (body, id, key) => {
      const secret = `whsec_${Buffer.from(key).toString('base64')}`;
      const sent = webhookHeaders({ id, timestamp: NOW, body }, [v1(secret)]);
      const verified = await verifier({ secrets: [secret] }).verify(sent, body);
      expect(verified.body).toEqual(Buffer.from(body));
    }),
    { seed: 13, numRuns: 200 },
  );
});

test('CTX-10.3 refuses what was changed in any way', async () => {
  const keys = [v1(VECTOR.secret), v1a(pair.privateKey)];
  const both = verifier({ publicKeys: [pair.publicKey] });
  const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, index) => (index === at % bytes.length ? byte ^ (1 << (at % 8)) : byte));
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), fc.nat(3), async (body, at, part) => {
      const sent = webhookHeaders({ id: 'msg_1', timestamp: NOW, body }, keys);
      const changed = [
        { given: { ...sent, 'webhook-id': 'msg_2' }, bytes: body },
        { given: { ...sent, 'webhook-timestamp': String(NOW - 1 - (at % 300)) }, bytes: body },
        { given: sent, bytes: flip(body, at) },
        { given: { ...sent, 'webhook-signature': flipped(sent['webhook-signature'], (bytes) => flip(bytes, at)) }, bytes: body },
      ][part];
      expect((await errorOf<WebhookVerificationError>(both.verify(changed.given, changed.bytes))).code).toBe('no-match');
    }),
    { seed: 14, numRuns: 200 },
  );
});

test('compares in constant time: every pair of signature and secret, whole', async () => {
  const compare = jest.spyOn(crypto, 'timingSafeEqual');
  const sent = webhookHeaders(message, [v1(generateSecret()), v1(generateSecret())]);
  await refusal(sent, message.body, { secrets: [generateSecret(), generateSecret(), generateSecret()] });
  expect(compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])).toEqual(Array.from({ length: 6 }, () => [32, 32]));
  compare.mockRestore();
});

test('CTX-10.3 takes what is signed with the old or the new key while they are rotated', async () => {
  const [old, current] = [generateSecret(), generateSecret()];
  const rotated = webhookHeaders(message, [v1(current), v1(old)]);
  for (const secrets of [[old], [current], [current, old]]) {
    await expect(verifier({ secrets }).verify(rotated, message.body)).resolves.toMatchObject({ version: 'v1' });
  }
  expect((await refusal(webhookHeaders(message, [v1(current)]), message.body, { secrets: [old] })).code).toBe('no-match');
});

test('takes an old pair of v1a while it is rotated', async () => {
  const next = generateKeyPair();
  const sent = webhookHeaders(message, [v1a(next.privateKey), v1a(pair.privateKey)]);
  for (const publicKeys of [[pair.publicKey], [next.publicKey], [next.publicKey, pair.publicKey]]) {
    await expect(verifier({ secrets: [], publicKeys }).verify(sent, message.body)).resolves.toMatchObject({ version: 'v1a' });
  }
});

test('CTX-10.3 reads the signatures in the header that the endpoint chose', async () => {
  const sent: Record<string, string> = { ...webhookHeaders(message, [v1(VECTOR.secret)], { signatureHeader: 'X-Mixpeek-Signature' }) };
  delete sent['webhook-signature'];
  await expect(verifier({ signatureHeader: 'x-mixpeek-signature' }).verify(sent, message.body)).resolves.toMatchObject({ id: message.id });
});

test.each([
  [300, undefined, undefined],
  [-300, undefined, undefined],
  [301, undefined, ['too-old', 'webhook-timestamp: must be within 300 s of now, got one 301 s ago; compare the clocks']],
  [-301, undefined, ['too-new', 'webhook-timestamp: must be within 300 s of now, got one 301 s ahead; compare the clocks']],
  [11, 10, ['too-old', 'webhook-timestamp: must be within 10 s of now, got one 11 s ago; compare the clocks']],
])('at %d s after the signature with a tolerance of %s: %j', async (later, toleranceSeconds, refused) => {
  const at = verifier({ clock: clockAt(NOW + later), toleranceSeconds });
  const result = await at.verify(headers, message.body).then(
    () => undefined,
    ({ code, message: said }: WebhookVerificationError) => [code, said],
  );
  expect(result).toEqual(refused);
});

test('reads the headers of fetch and of Node, in any case', async () => {
  const nodes = { 'Webhook-Id': message.id, 'WEBHOOK-TIMESTAMP': [String(NOW)], 'webhook-signature': VECTOR.v1 };
  for (const given of [new Headers(headers), nodes]) {
    await expect(verifier().verify(given, message.body.toString())).resolves.toMatchObject({ id: message.id });
  }
});

test('refuses a body that was parsed before', async () => {
  await expect(verifier().verify(headers, { test: 1 } as never)).rejects.toThrow(
    new TypeError('WebhookVerifier: body must be the bytes or the text as they came, got object; take it before it is parsed'),
  );
});

test.each([
  [{ secrets: [] }, 'WebhookVerifier: secrets or publicKeys must have a key, got none; pass the one of the endpoint'],
  [{ toleranceSeconds: 0 }, 'WebhookVerifier: toleranceSeconds must be whole seconds from 1 to 31536000, got 0; give one of these'],
  [{ seenForSeconds: 599 }, 'WebhookVerifier: seenForSeconds must be whole seconds from 600 to 31536000, got 599; give one of these'],
  [{ processingSeconds: 0.5 }, 'WebhookVerifier: processingSeconds must be whole seconds from 1 to 31536000, got 0.5; give one of these'],
])('is not made with %j', (options, said) => {
  expect(() => new WebhookVerifier({ secrets: [VECTOR.secret], ...options })).toThrow(said);
});

function flipped(value: string, change: (bytes: Uint8Array) => Uint8Array): string {
  return value
    .split(' ')
    .map((entry) => entry.split(','))
    .map(([version, text]) => `${version},${Buffer.from(change(Buffer.from(text, 'base64'))).toString('base64')}`)
    .join(' ');
}
