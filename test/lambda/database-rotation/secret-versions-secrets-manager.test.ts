import { ResourceExistsException, ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretsManagerVersions } from '../../../lambda/database-rotation/secret-versions-secrets-manager';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Versions over a client that gives one answer instead of asking, and what it was asked. */
function versionsAnswering(answer: object | Error = {}) {
  const sent: unknown[] = [];
  const client = new SecretsManagerClient({ region: 'eu-central-1' });
  client.middlewareStack.add(
    (_, context) =>
      async ({ input }) => {
        sent.push([context.commandName, input]);
        if (answer instanceof Error) throw answer;
        return { response: undefined, output: { ...answer, $metadata: {} } };
      },
    { step: 'initialize' },
  );
  return { versions: new SecretsManagerVersions(client), sent };
}

const fault = { message: 'it happened', $metadata: {} };
const notFound = new ResourceNotFoundException(fault);

test('lists versions with their stages', async () => {
  const { versions } = versionsAnswering({ VersionIdsToStages: { one: ['AWSCURRENT'], two: ['AWSPENDING'] } });
  expect(await versions.list('secret')).toEqual(
    new Map([
      ['one', ['AWSCURRENT']],
      ['two', ['AWSPENDING']],
    ]),
  );
});

test('reads the version of a stage and a token', async () => {
  const { versions, sent } = versionsAnswering({ SecretString: 'value' });
  expect(await versions.read('secret', { stage: 'AWSPENDING', token: 'one' })).toBe('value');
  expect(sent).toEqual([['GetSecretValueCommand', { SecretId: 'secret', VersionStage: 'AWSPENDING', VersionId: 'one' }]]);
});

test('reads nothing where there is no version', async () => {
  const { versions } = versionsAnswering(notFound);
  expect(await versions.read('secret', { stage: 'AWSPENDING' })).toBeUndefined();
});

test('writes a pending version under its token', async () => {
  const { versions, sent } = versionsAnswering();
  await versions.writePending('secret', 'one', 'value');
  expect(sent).toEqual([
    ['PutSecretValueCommand', { SecretId: 'secret', ClientRequestToken: 'one', SecretString: 'value', VersionStages: ['AWSPENDING'] }],
  ]);
});

test('leaves a version that another run has written', async () => {
  const { versions } = versionsAnswering(new ResourceExistsException(fault));
  await expect(versions.writePending('secret', 'one', 'value')).resolves.toBeUndefined();
});

test('promotes one version in the place of another', async () => {
  const { versions, sent } = versionsAnswering();
  await versions.promote('secret', { from: 'one', to: 'two' });
  expect(sent).toEqual([
    [
      'UpdateSecretVersionStageCommand',
      { SecretId: 'secret', VersionStage: 'AWSCURRENT', RemoveFromVersionId: 'one', MoveToVersionId: 'two' },
    ],
  ]);
});

test.each<[string, (versions: SecretsManagerVersions) => Promise<unknown>]>([
  ['list', (versions) => versions.list('secret')],
  ['read', (versions) => versions.read('secret', { stage: 'AWSCURRENT' })],
  ['writePending', (versions) => versions.writePending('secret', 'one', 'value')],
  ['promote', (versions) => versions.promote('secret', { from: 'one', to: 'two' })],
])('%s passes on a refusal', async (_verb, ask) => {
  const { versions } = versionsAnswering(new Error('AccessDenied'));
  await expect(ask(versions)).rejects.toThrow('AccessDenied');
});
