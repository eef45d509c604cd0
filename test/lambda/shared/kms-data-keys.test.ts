import { EnvelopeSealer, SealError } from 'plinth-runtime/signing';
import { KmsDataKeys } from '../../../lambda/shared/kms-data-keys';
import { errorOf } from '../../support/error-of';
import { ManualClock } from '../../support/manual-clock';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234';
const context = { 'plinth:use': 'webhooks' };
const PLAIN = Buffer.alloc(32, 7).toString('base64');

type Reply = { readonly status?: number; readonly body?: object } | Error;

/** KMS that answers as it is told, one reply after the other, the last one for ever. */
function kms(...replies: Reply[]) {
  const calls: { url: string; headers: Record<string, string>; body: Record<string, unknown> }[] = [];
  const fetch = (async (url: URL, { headers, body }: { headers: Record<string, string>; body: string }) => {
    calls.push({ url: String(url), headers, body: JSON.parse(body) as Record<string, unknown> });
    const reply = replies.length > 1 ? replies.shift()! : replies[0];
    if (reply instanceof Error) throw reply;
    return new Response(JSON.stringify(reply.body ?? {}), { status: reply.status ?? 200 });
  }) as unknown as typeof globalThis.fetch;
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 's' });
  const access = { region: 'eu-west-1', credentials, fetch };
  return { calls, keys: new KmsDataKeys({ keyId: KEY, context }, access) };
}

const fault = (type: string, status = 400) => ({ status, body: { __type: type } });

test('asks for a data key under the key and in the context, signed', async () => {
  const { calls, keys } = kms({ body: { Plaintext: PLAIN, CiphertextBlob: Buffer.from('blob').toString('base64') } });

  expect(await keys.generate()).toEqual({ plain: Buffer.alloc(32, 7), wrapped: Buffer.from('blob') });
  expect(calls).toMatchObject([
    {
      url: 'https://kms.eu-west-1.amazonaws.com/',
      headers: { 'x-amz-target': 'TrentService.GenerateDataKey', authorization: expect.stringContaining('/eu-west-1/kms/aws4_request') },
      body: { KeyId: KEY, EncryptionContext: context, KeySpec: 'AES_256' },
    },
  ]);
});

test('opens what it sealed, for a sealer', async () => {
  const { keys } = kms({ body: { Plaintext: PLAIN, CiphertextBlob: Buffer.from('blob').toString('base64') } });
  const sealerOf = () => new EnvelopeSealer({ dataKeys: keys, clock: new ManualClock() });
  const sealed = await sealerOf().seal(Buffer.from('secret'), 'acme');

  await expect(sealerOf().open(sealed, 'acme')).resolves.toEqual(Buffer.from('secret'));
});

test.each(['InvalidCiphertextException', 'com.amazonaws.kms#IncorrectKeyException'])('%s is final', async (type) => {
  const { calls, keys } = kms(fault(type));
  const error = await errorOf(keys.unwrap(Buffer.from('blob')));

  expect(error).toBeInstanceOf(SealError);
  expect(error.message).toBe(`data key must be wrapped by ${KEY} in its context, got another (${type})`);
  expect(calls).toHaveLength(1);
});

test.each<[string, Reply]>([
  ['is away', fault('KMSInternalException', 500)],
  ['throttles', fault('ThrottlingException')],
  ['cannot be reached', new TypeError('fetch failed')],
])('asks again when KMS %s', async (_how, reply) => {
  const { calls, keys } = kms(reply, reply, { body: { Plaintext: PLAIN } });

  await expect(keys.unwrap(Buffer.from('blob'))).resolves.toEqual(Buffer.alloc(32, 7));
  expect(calls).toHaveLength(3);
});

test.each<[Reply, number, string]>([
  [fault('AccessDeniedException'), 1, 'KMS: Decrypt must answer 200, got 400 (AccessDeniedException)'],
  [{ status: 503 }, 3, 'KMS: Decrypt must answer 200, got 503 (status 503)'],
  [new TypeError('fetch failed'), 3, 'fetch failed'],
  [{ body: {} }, 1, 'KMS: an answer must have Plaintext, got none'],
])('tells what KMS said at last: %#', async (reply, tries, message) => {
  const { calls, keys } = kms(reply);
  const error = await errorOf(keys.unwrap(Buffer.from('blob')));

  expect(error.message).toBe(message);
  expect(error).not.toBeInstanceOf(SealError);
  expect(calls).toHaveLength(tries);
});
