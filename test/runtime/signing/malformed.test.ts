import fc from 'fast-check';
import { type ReceivedHeaders, WebhookVerificationError } from 'plinth-runtime/signing';
import { errorOf } from '../../support/error-of';
import { NOW, pair, VECTOR, verifier } from './support';

const { message } = VECTOR;
const headers = { 'webhook-id': message.id, 'webhook-timestamp': String(NOW), 'webhook-signature': VECTOR.v1 };
const NAMES = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;
const refusal = (given: unknown) =>
  errorOf<WebhookVerificationError>(verifier({ publicKeys: [pair.publicKey] }).verify(given as ReceivedHeaders, message.body));

test.each(NAMES.flatMap((name) => [undefined, null, '', []].map((value) => [name, value] as const)))(
  'misses %s when it is %j',
  async (name, value) => {
    expect(await refusal({ ...headers, [name]: value })).toMatchObject({
      code: 'missing-header',
      message: `${name}: must be there, got a request without it; pass the request's headers`,
    });
  },
);

test.each([undefined, null, 'headers', 7, [], new Headers(), new Map()])('misses everything in %p', async (given) => {
  expect(await refusal(given)).toMatchObject({ code: 'missing-header' });
});

test.each([
  ['webhook-id', 'msg.1'],
  ['webhook-id', 'a b'],
  ['webhook-id', 'é'],
  ['webhook-id', 'x'.repeat(256)],
  ['webhook-timestamp', '1614265330.5'],
  ['webhook-timestamp', '01614265330'],
  ['webhook-timestamp', '1614265330abc'],
  ['webhook-timestamp', '-1'],
  ['webhook-timestamp', '1e9'],
  ['webhook-timestamp', '9'.repeat(16)],
  ['webhook-signature', 'abc'],
  ['webhook-signature', 'v1'],
  ['webhook-signature', 'v1,'],
  ['webhook-signature', 'v1,AAAA'],
  ['webhook-signature', VECTOR.v1.replace('=', '')],
  ['webhook-signature', 'v1a,AAAA'],
  ['webhook-signature', Array.from({ length: 33 }, () => VECTOR.v1).join(' ')],
  ['webhook-signature', `${VECTOR.v1} ${' '.repeat(8192)}`],
])('refuses %s: %j', async (name, value) => {
  const error = await refusal({ ...headers, [name]: value });
  expect(error.code).toBe('malformed');
  expect(error.message).toMatch(new RegExp(`^${name}: must be (1 to|whole)`));
  expect(error.message.endsWith(`, got ${JSON.stringify(value.slice(0, 64))}`)).toBe(true);
});

test.each([7, {}, true])('refuses a header that is %p', async (value) => {
  expect(await refusal({ ...headers, 'webhook-id': value })).toMatchObject({
    code: 'malformed',
    message: `webhook-id: must be one text, got ${typeof value}`,
  });
});

test('refuses a header that came twice', async () => {
  const expected = { code: 'malformed', message: 'webhook-id: must be one text, got 2' };
  expect(await refusal({ ...headers, 'webhook-id': ['msg_1', 'msg_1'] })).toMatchObject(expected);
  expect(await refusal({ ...headers, 'Webhook-Id': message.id })).toMatchObject(expected);
});

test('passes over signatures of other versions and of other forms', async () => {
  const mixed = { ...headers, 'webhook-signature': `v2,xyz  v1,AAAA nonsense v1a,BBBB ${VECTOR.v1} v9z,${'A'.repeat(99)}` };
  await expect(verifier().verify(mixed, message.body)).resolves.toMatchObject({ version: 'v1' });
  expect(await refusal({ ...headers, 'webhook-signature': 'v2,xyz' })).toMatchObject({ code: 'no-match' });
});

test('a signature of one version does not count as one of the other', async () => {
  const [, v1] = VECTOR.v1.split(',');
  const [, v1a] = VECTOR.v1a.split(',');
  expect(await refusal({ ...headers, 'webhook-signature': `v1a,${v1} v1,${v1a}` })).toMatchObject({ code: 'malformed' });
});

test('whatever the headers hold, it is refused as a webhook and nothing else', async () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.anything(),
    fc.constantFrom(message.id, String(NOW), 'v1,', 'v1a,', 'v1,AAAA', `${VECTOR.v1.slice(0, -2)}A=`, '__proto__', 'constructor'),
    fc.string({ unit: 'binary' }).map((text) => `v1,${Buffer.from(text).toString('base64')}`),
  );
  await fc.assert(
    fc.asyncProperty(value, value, value, fc.anything(), async (id, timestamp, signature, rest) => {
      const given = { ...(rest as object), 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
      expect(await refusal(given)).toBeInstanceOf(WebhookVerificationError);
    }),
    { seed: 15, numRuns: 1000 },
  );
});
