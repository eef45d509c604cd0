import {
  DecryptCommand,
  GenerateDataKeyCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { EnvelopeSealer, SealError } from 'plinth-runtime/signing';
import { KmsDataKeys } from '../../../lambda/shared/kms-data-keys';
import { errorOf } from '../../support/error-of';
import { ManualClock } from '../../support/manual-clock';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234';
const CONTEXT = { purpose: 'webhook-keys' };

/** KMS as far as data keys go: a wrapped key opens with its key and context only. */
class FakeKms {
  readonly calls: object[] = [];
  fault: Error | undefined;
  private readonly wrapped = new Map<string, { readonly plain: Buffer; readonly bound: string }>();

  async send(command: object): Promise<object> {
    this.calls.push(command);
    if (this.fault) throw this.fault;
    if (command instanceof GenerateDataKeyCommand) return this.generate(command);
    if (command instanceof DecryptCommand) return this.decrypt(command);
    throw new Error(`unexpected ${command.constructor.name}`);
  }

  get client(): Pick<KMSClient, 'send'> {
    return this;
  }

  private generate({ input }: GenerateDataKeyCommand) {
    if (input.KeySpec !== 'AES_256') throw new Error('the data key must be of AES-256');
    const [plain, blob] = [Buffer.alloc(32, this.wrapped.size + 1), Buffer.from(`blob-${this.wrapped.size}`)];
    this.wrapped.set(blob.toString(), { plain, bound: JSON.stringify([input.KeyId, input.EncryptionContext]) });
    return { Plaintext: new Uint8Array(plain), CiphertextBlob: new Uint8Array(blob) };
  }

  private decrypt({ input }: DecryptCommand) {
    const entry = this.wrapped.get(Buffer.from(input.CiphertextBlob!).toString());
    if (entry?.bound !== JSON.stringify([input.KeyId, input.EncryptionContext])) {
      throw new InvalidCiphertextException({ message: 'no', $metadata: {} });
    }
    return { Plaintext: new Uint8Array(entry.plain) };
  }
}

const keys = (kms: FakeKms, options = {}) => new KmsDataKeys(kms.client, { keyId: KEY, context: CONTEXT, ...options });
const sealerOf = (kms: FakeKms) => new EnvelopeSealer({ dataKeys: keys(kms), clock: new ManualClock() });

test('KMS makes and opens data keys under the key and the context', async () => {
  const kms = new FakeKms();
  const sealed = await sealerOf(kms).seal(Buffer.from('secret'), 'tenant/endpoint');

  await expect(sealerOf(kms).open(sealed, 'tenant/endpoint')).resolves.toEqual(Buffer.from('secret'));
  expect(kms.calls).toMatchObject([
    { input: { KeyId: KEY, EncryptionContext: CONTEXT, KeySpec: 'AES_256' } },
    { input: { KeyId: KEY, EncryptionContext: CONTEXT } },
  ]);
});

test('KMS is asked once for the secrets of many endpoints', async () => {
  const kms = new FakeKms();
  const sealer = sealerOf(kms);
  const sealed = await Promise.all(Array.from({ length: 500 }, (_, n) => sealer.seal(Buffer.from('secret'), `tenant/${n}`)));
  await Promise.all(sealed.map((value, n) => sealer.open(value, `tenant/${n}`)));

  expect(kms.calls).toHaveLength(2);
});

test.each([{ keyId: 'arn:aws:kms:eu-west-1:111122223333:key/other' }, { context: { purpose: 'other' } }])(
  'a data key of another key or context is unreadable: %j',
  async (other) => {
    const kms = new FakeKms();
    const { wrapped } = await keys(kms).generate();
    await expect(keys(kms, other).unwrap(wrapped)).rejects.toThrow(SealError);
  },
);

test.each([new InvalidCiphertextException({ message: 'no', $metadata: {} }), new IncorrectKeyException({ message: 'no', $metadata: {} })])(
  'says that trying again is of no use: $name',
  async (fault) => {
    const kms = Object.assign(new FakeKms(), { fault });
    expect(await errorOf(keys(kms).unwrap(Buffer.from('x')))).toMatchObject({
      name: 'SealError',
      message: `data key must be wrapped by ${KEY} in its context, got another (${fault.name})`,
      cause: fault,
    });
  },
);

test('passes on that KMS is away or throttles', async () => {
  const kms = Object.assign(new FakeKms(), { fault: Object.assign(new Error('slow down'), { name: 'ThrottlingException' }) });
  await expect(keys(kms).unwrap(Buffer.from('x'))).rejects.toThrow('slow down');
  await expect(keys(kms).generate()).rejects.toThrow('slow down');
});

test('says what an answer of KMS misses', async () => {
  const client = { send: () => Promise.resolve({}) } as unknown as Pick<KMSClient, 'send'>;
  const dataKeys = new KmsDataKeys(client, { keyId: KEY, context: CONTEXT });
  await expect(dataKeys.generate()).rejects.toThrow('KMS: an answer must have Plaintext, got none');
  await expect(dataKeys.unwrap(Buffer.from('x'))).rejects.toThrow('KMS: an answer must have Plaintext, got none');
});
