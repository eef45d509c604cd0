import { BackupClient } from '@aws-sdk/client-backup';
import { BackupVault } from '../../../lambda/empty-vault/vault-backup';

const NAME = 'data-vault-0a1b2c3d';
const ARN = `arn:aws:backup:eu-west-1:111111111111:backup-vault:${NAME}`;
const arnOf = (name: string) => `arn:aws:rds:eu-west-1:111111111111:snapshot:awsbackup:${name}`;
const point = (name: string, status: string) => ({ arn: arnOf(name), status });

/** A vault over the client, whose requests are answered here; and what was asked. */
function vaultAnswering(status = 200, body: object = {}, code?: string) {
  const asked: string[] = [];
  const client = new BackupClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { method: string; path: string; query: Record<string, string> }) => {
        const query = new URLSearchParams(request.query).toString();
        asked.push(`${request.method} ${decodeURIComponent(request.path)}${query && `?${query}`}`);
        const headers = { 'content-type': 'application/json', ...(code && { 'x-amzn-errortype': code }) };
        return { response: { statusCode: status, headers, body: new TextEncoder().encode(JSON.stringify(body)) } };
      },
    },
  });
  return { vault: new BackupVault(client, ARN), asked };
}

const refusing = (code: string) => vaultAnswering(400, { Message: 'refused' }, code).vault;

test.each([
  ['carries the tag', { Tags: { 'plinth:disposable': 'true' } }, true],
  ['carries others', { Tags: { environment: 'true' } }, false],
  ['carries none', {}, false],
])('a vault that %s is disposable: %s', async (_what, body, disposable) => {
  const { vault, asked } = vaultAnswering(200, body);

  expect(await vault.isDisposable()).toBe(disposable);
  expect(asked).toEqual([`GET /tags/${ARN}`]);
});

test('a vault that is gone is not disposable', async () => {
  expect(await refusing('ResourceNotFoundException').isDisposable()).toBe(false);
});

test('a refusal to tell the tags is passed on', async () => {
  await expect(refusing('AccessDeniedException').isDisposable()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('holds its recovery points', async () => {
  const { vault, asked } = vaultAnswering(200, { RecoveryPoints: [{ RecoveryPointArn: arnOf('a'), Status: 'COMPLETED' }] });

  expect(await vault.content()).toEqual([point('a', 'COMPLETED')]);
  expect(asked).toEqual([`GET /backup-vaults/${NAME}/recovery-points?maxResults=1000`]);
});

test('holds nothing when there are none', async () => {
  expect(await vaultAnswering().vault.content()).toEqual([]);
});

test('asks for the deletion of each, but of those that are on their way', async () => {
  const { vault, asked } = vaultAnswering();
  const points = [point('a', 'COMPLETED'), point('b', 'DELETING'), point('c', 'CREATING'), point('d', 'EXPIRED'), point('e', 'PARTIAL')];

  expect(await vault.remove(points)).toBe(0);
  expect(asked).toEqual(['a', 'd', 'e'].map((name) => `DELETE /backup-vaults/${NAME}/recovery-points/${arnOf(name)}`));
});

test.each(['InvalidResourceStateException', 'ThrottlingException', 'ServiceUnavailableException', 'ResourceNotFoundException'])(
  'leaves a point for the next look on %s',
  async (code) => {
    expect(await refusing(code).remove([point('a', 'COMPLETED')])).toBe(0);
  },
);

test.each(['AccessDeniedException', 'InvalidRequestException'])('fails on %s, as a locked vault answers', async (code) => {
  await expect(refusing(code).remove([point('a', 'COMPLETED')])).rejects.toMatchObject({ name: code });
});
