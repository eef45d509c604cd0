import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { DataProtection } from '../../../lib/data/data-protection';
import { Secrets, type SecretsProps } from '../../../lib/data/secrets';

const SECRET = 'AWS::SecretsManager::Secret';

function secretsOf(props?: SecretsProps) {
  const stack = new Stack(new App(), 'Stack');
  return { stack, secrets: new Secrets(stack, 'Secrets', props) };
}

const template = Template.fromStack(secretsOf().stack);

test.each([
  ['OpenAI key', { Description: 'Key issued by OpenAI', GenerateSecretString: { GenerateStringKey: 'apiKey' } }],
  ['internal API key', { Description: 'Calls between services', GenerateSecretString: { GenerateStringKey: 'current' } }],
  ['session key', { Description: 'Signs sessions', GenerateSecretString: { GenerateStringKey: 'current' } }],
])('holds the %s (REC-8.5)', (_name, properties) => {
  template.hasResourceProperties(SECRET, properties);
});

test('fills every secret with 64 characters from the first deployment on', () => {
  const generated = Object.values(template.findResources(SECRET)).map(({ Properties }) => Properties.GenerateSecretString);
  expect(generated).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ PasswordLength: 64, ExcludePunctuation: true })));
});

test("says that the provider's key is a placeholder", () => {
  template.hasResourceProperties(SECRET, {
    Description: 'Key issued by OpenAI',
    GenerateSecretString: { SecretStringTemplate: '{"placeholder":true}' },
  });
});

test('encrypts every secret under one key that rotates (REC-8.3)', () => {
  const [key] = Object.keys(template.findResources('AWS::KMS::Key', { Properties: { EnableKeyRotation: true } }));
  template.allResourcesProperties(SECRET, { KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] } });
});

test('lets nobody but AWS services hand the use of the key on', () => {
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Action: 'kms:CreateGrant', Principal: { AWS: '*' } })]) },
  });
});

test('takes the key it is given and makes none', () => {
  const stack = new Stack(new App(), 'Stack');
  new Secrets(stack, 'Secrets', { encryptionKey: new kms.Key(stack, 'Data') });
  Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 1);
});

test.each([SECRET, 'AWS::KMS::Key'])('keeps each %s when it is removed or replaced', (type) => {
  template.allResources(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

test.each([SECRET, 'AWS::KMS::Key'])('deletes each %s that is disposable', (type) => {
  const disposable = Template.fromStack(secretsOf({ protection: DataProtection.disposable() }).stack);
  disposable.allResources(type, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
});

test('gives a disposable key back after 7 days', () => {
  const disposable = Template.fromStack(secretsOf({ protection: DataProtection.disposable() }).stack);
  disposable.hasResourceProperties('AWS::KMS::Key', { PendingWindowInDays: 7 });
});

test('adds a place for the key of another provider', () => {
  const { stack, secrets } = secretsOf();
  secrets.addProviderKey('VertexAiKey', 'Google');
  Template.fromStack(stack).hasResourceProperties(SECRET, { Description: 'Key issued by Google' });
});

test('grants the reading of its secrets by name', () => {
  const { stack, secrets } = secretsOf();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });

  secrets.grantRead(role);

  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const reads = policy.Properties.PolicyDocument.Statement.filter(({ Action }: { Action: string | string[] }) =>
    [Action].flat().some((action) => action.startsWith('secretsmanager:')),
  );
  expect(reads.map(({ Resource }: { Resource: unknown }) => Resource)).toEqual(
    [secrets.openAiKey, secrets.internalApiKey, secrets.sessionKey].map((secret) => stack.resolve(secret.secretArn)),
  );
});

test('grants one secret without the others', () => {
  const { stack, secrets } = secretsOf();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });

  secrets.sessionKey.grantRead(role);

  const policies = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(policies).toContain('SessionKey');
  expect(policies).not.toContain('OpenAiKey');
});
