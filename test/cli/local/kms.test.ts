import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { Functions } from '../../../cli/src/local/function/functions';
import { AwsEndpoint } from '../../../cli/src/local/secrets/endpoint';
import { LocalKms } from '../../../cli/src/local/secrets/local-kms';
import { SecretStore } from '../../../cli/src/local/secrets/secret-store';

const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/data';
const folder = mkdtempSync(join(tmpdir(), 'plinth-kms-'));
const masterKey = join(folder, 'master-key');
const noSecrets = { find: () => undefined } as unknown as SecretStore;
const refused: string[] = [];
const endpoint = new AwsEndpoint(noSecrets, new LocalKms(masterKey), new Functions(), (call) => void refused.push(call));
let client: KMSClient;

beforeAll(async () => {
  await endpoint.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new KMSClient({ endpoint: endpoint.url, region: 'eu-west-1', credentials });
});
afterAll(async () => {
  client.destroy();
  await endpoint.stop();
  rmSync(folder, { recursive: true });
});

const generate = () =>
  client.send(new GenerateDataKeyCommand({ KeyId: KEY, KeySpec: 'AES_256', EncryptionContext: { use: 'webhooks', stage: 'dev' } }));

test('a data key opens under its key and context, whatever their order', async () => {
  const { Plaintext, CiphertextBlob } = await generate();

  const opened = await client.send(
    new DecryptCommand({ KeyId: KEY, CiphertextBlob, EncryptionContext: { stage: 'dev', use: 'webhooks' } }),
  );

  expect(opened.Plaintext).toEqual(Plaintext);
  expect(Plaintext).toHaveLength(32);
});

test.each([
  ['another key', { KeyId: `${KEY}-2`, EncryptionContext: { use: 'webhooks', stage: 'dev' } }],
  ['another context', { KeyId: KEY, EncryptionContext: { use: 'webhooks', stage: 'production' } }],
  ['no context', { KeyId: KEY }],
])('does not open under %s', async (_, input) => {
  const { CiphertextBlob } = await generate();

  await expect(client.send(new DecryptCommand({ CiphertextBlob, ...input }))).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
});

test('what is no data key is refused', async () => {
  const garbage = client.send(new DecryptCommand({ KeyId: KEY, CiphertextBlob: Buffer.from('nothing') }));

  await expect(garbage).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
});

test('keys of a kept run open in the next, whose master key nobody else reads', () => {
  const { output } = new LocalKms(masterKey).answer('GenerateDataKey', { KeyId: KEY }) as { output: Record<string, string> };

  const opened = new LocalKms(masterKey).answer('Decrypt', { KeyId: KEY, CiphertextBlob: output.CiphertextBlob });

  expect(opened).toMatchObject({ output: { Plaintext: output.Plaintext } });
  expect(statSync(masterKey).mode & 0o777).toBe(0o600);
});

test('says of another call that nothing stands for it', async () => {
  const { DescribeKeyCommand } = await import('@aws-sdk/client-kms');
  await expect(client.send(new DescribeKeyCommand({ KeyId: KEY }))).rejects.toThrow('nothing local stands for TrentService.DescribeKey');
  expect(refused).toEqual(['TrentService.DescribeKey']);
});
