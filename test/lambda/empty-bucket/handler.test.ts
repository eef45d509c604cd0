import { handler } from '../../../lambda/empty-bucket/handler';
import { handler as vaultHandler } from '../../../lambda/empty-vault/handler';

const common = {
  RequestType: 'Create' as const,
  ServiceToken: 'arn',
  ResponseURL: 'https://responses.example.com',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Emptied',
  ResourceType: 'Custom::EmptiedBucket',
};
const context = { getRemainingTimeInMillis: () => 900_000 };

test.each([
  ['a bucket', handler, { BucketName: 'logs' }, 'logs'],
  ['a vault', vaultHandler, { BackupVaultArn: 'arn:aws:backup:eu-west-1:1:backup-vault:v' }, 'arn:aws:backup:eu-west-1:1:backup-vault:v'],
])('answers the creation for %s with its name, and calls nobody else', async (_what, handle, properties, id) => {
  const fetch = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response());
  const log = jest.spyOn(console, 'info').mockImplementation();

  await handle({ ...common, ResourceProperties: { ServiceToken: 'arn', ...properties } }, context);

  expect(fetch.mock.calls.map(([, init]) => JSON.parse(init?.body as string))).toEqual([
    expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: id }),
  ]);
  fetch.mockRestore();
  log.mockRestore();
});
