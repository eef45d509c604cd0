import { BackupApi, BackupFault } from '../../../lambda/empty-vault/backup-api';
import { BackupVault } from '../../../lambda/empty-vault/vault-backup';

const ARN = 'arn:aws:backup:eu-west-1:111111111111:backup-vault:data-vault-0a1b2c3d';
const point = (name: string, Status: string) => ({
  RecoveryPointArn: `arn:aws:rds:eu-west-1:111111111111:snapshot:awsbackup:${name}`,
  Status,
});

/** A vault over the API with answers of status and body in place of AWS Backup's, and what was asked. */
function vaultAnswering(...answers: (readonly [number, object | string, string?])[]) {
  const asked: string[] = [];
  const api = new BackupApi({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    now: () => new Date(0),
    send: async (url, { method }) => {
      const [status, body, code] = answers[asked.length] ?? [200, ''];
      asked.push(`${method} ${decodeURIComponent(new URL(url).pathname)}${new URL(url).search}`);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return new Response(text, { status, headers: code ? { 'x-amzn-errortype': `${code}:http://internal/` } : {} });
    },
  });
  return { vault: new BackupVault(api, ARN), asked };
}

const refused = (code: string) => [400, { Message: 'refused' }, code] as const;

test.each([
  ['carries the tag', [200, { Tags: { 'plinth:disposable': 'true' } }], true],
  ['carries others', [200, { Tags: { environment: 'true' } }], false],
  ['carries none', [200, {}], false],
  ['is gone', refused('ResourceNotFoundException'), false],
] as const)('a vault that %s is disposable: %s', async (_what, answer, disposable) => {
  const { vault, asked } = vaultAnswering(answer);

  expect(await vault.isDisposable()).toBe(disposable);
  expect(asked).toEqual([`GET /tags/${ARN}/`]);
});

test('a refusal to tell the tags is passed on', async () => {
  const refusal = vaultAnswering(refused('AccessDeniedException')).vault.isDisposable();

  await expect(refusal).rejects.toThrow(
    new BackupFault('AccessDeniedException', `GET /tags/${encodeURIComponent(ARN)}/: {"Message":"refused"}`),
  );
  await expect(refusal).rejects.toHaveProperty('name', 'AccessDeniedException');
});

test('holds its recovery points', async () => {
  const { vault, asked } = vaultAnswering([200, { RecoveryPoints: [point('a', 'COMPLETED')] }]);

  expect(await vault.content()).toEqual([point('a', 'COMPLETED')]);
  expect(asked).toEqual(['GET /backup-vaults/data-vault-0a1b2c3d/recovery-points/?maxResults=1000']);
});

test('holds nothing when there are none', async () => {
  expect(await vaultAnswering([200, {}]).vault.content()).toEqual([]);
});

test('asks for the deletion of each, but of those that are on their way', async () => {
  const { vault, asked } = vaultAnswering();
  const points = [point('a', 'COMPLETED'), point('b', 'DELETING'), point('c', 'CREATING'), point('d', 'EXPIRED'), point('e', 'PARTIAL')];

  expect(await vault.remove(points)).toBe(0);
  expect(asked).toEqual(
    ['a', 'd', 'e'].map(
      (name) => `DELETE /backup-vaults/data-vault-0a1b2c3d/recovery-points/arn:aws:rds:eu-west-1:111111111111:snapshot:awsbackup:${name}`,
    ),
  );
});

test.each(['InvalidResourceStateException', 'ThrottlingException', 'ServiceUnavailableException', 'ResourceNotFoundException'])(
  'leaves a point for the next look on %s',
  async (code) => {
    expect(await vaultAnswering(refused(code)).vault.remove([point('a', 'COMPLETED')])).toBe(0);
  },
);

test.each(['AccessDeniedException', 'InvalidRequestException'])('fails on %s, as a locked vault answers', async (code) => {
  await expect(vaultAnswering(refused(code)).vault.remove([point('a', 'COMPLETED')])).rejects.toHaveProperty('name', code);
});

test('fails with the status where AWS Backup gives no code', async () => {
  await expect(vaultAnswering([502, 'bad gateway']).vault.content()).rejects.toHaveProperty('name', 'Status502');
});

test.each([
  ['eu-west-1', 'backup.eu-west-1.amazonaws.com'],
  ['cn-north-1', 'backup.cn-north-1.amazonaws.com.cn'],
])('is called in %s at %s', async (region, host) => {
  const sent = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'));
  const environment = { AWS_REGION: region, AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };

  await BackupApi.fromEnvironment(environment).call('GET', '/backup-vaults/');

  expect(sent).toHaveBeenCalledWith(
    `https://${host}/backup-vaults/`,
    expect.objectContaining({ headers: expect.objectContaining({ host, 'x-amz-security-token': 'token' }) }),
  );
  sent.mockRestore();
});
