import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DatabaseBootstrap, Migrations, Network, VectorDatabase } from 'plinth';
import { stageTemplates } from '../../support/stages';

const migrations = Migrations.fromFolder('examples/migrations');

function bootstrapped(given?: Migrations): Template {
  const stack = new Stack(new App(), 'Stack');
  const { vpc } = new Network(stack, 'Network');
  const database = new VectorDatabase(stack, 'Database', { vpc });
  new DatabaseBootstrap(stack, 'Bootstrap', { vpc, database, migrations: given });
  return Template.fromStack(stack);
}

const template = bootstrapped(migrations);
const bare = bootstrapped();
const isBootstrap = Match.objectLike({ Description: Match.stringLikeRegexp('Brings the database') });
const [, bootstrap] = Object.entries(template.findResources('AWS::Lambda::Function', { Properties: isBootstrap }))[0];

test('the resource names every migration, so that a diff shows them', () => {
  template.hasResourceProperties('Custom::DatabaseBootstrap', {
    Migrations: [
      { version: '0001', name: 'documents', kind: 'expand', checksum: Match.stringLikeRegexp('^[0-9a-f]{64}$') },
      { version: '0002', name: 'title', kind: 'expand', checksum: Match.anyValue() },
      { version: '0003', name: 'embedding-index', kind: 'long', checksum: Match.anyValue() },
      { version: '0004', name: 'heading', kind: 'contract', checksum: Match.anyValue() },
    ],
    EngineVersion: '17.9',
    Code: Match.stringLikeRegexp('^[0-9a-f]{64}.zip$'),
    ServiceTimeout: '960',
  });
});

test('the function has fifteen minutes, in the private subnets, as a client of the database', () => {
  expect(bootstrap.Properties).toMatchObject({
    Timeout: 900,
    VpcConfig: {
      SubnetIds: [{ Ref: expect.stringContaining('PrivateSubnet1') }, { Ref: expect.stringContaining('PrivateSubnet2') }],
      SecurityGroupIds: [
        { 'Fn::GetAtt': [expect.stringContaining('DatabaseAccessClients'), 'GroupId'] },
        { 'Fn::GetAtt': [expect.stringContaining('BootstrapSecurityGroup'), 'GroupId'] },
      ],
    },
  });
});

test('the function knows the secret by name only, and reads it when it runs', () => {
  expect(bootstrap.Properties.Environment.Variables).toEqual({
    DATABASE_SECRET_ARN: { Ref: expect.stringContaining('SecretAttachment') },
    MIGRATIONS_DIRECTORY: '/opt',
    LONG_MIGRATIONS: expect.anything(),
  });
});

test('the function may read that secret alone, by its key', () => {
  const [policy] = Object.entries(bare.findResources('AWS::IAM::ManagedPolicy'))
    .filter(([id]) => id.startsWith('BootstrapFunction'))
    .map(([, { Properties }]) => Properties.PolicyDocument.Statement);

  expect(policy.filter(({ Resource }: { Resource: unknown }) => Resource !== '*')).toEqual([
    {
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [expect.stringContaining('BootstrapFunctionLogs'), 'Arn'] },
    },
    { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: { Ref: expect.stringContaining('SecretAttachment') } },
    {
      Action: 'kms:Decrypt',
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseKey/), 'Arn'] },
      Condition: {
        StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
      },
    },
  ]);
});

test('the first rotation of the password is over before the bootstrap begins', () => {
  const [{ DependsOn }] = Object.values(template.findResources('Custom::DatabaseBootstrap'));
  expect(DependsOn).toContainEqual(expect.stringMatching(/^DatabaseRotationSchedule/));
});

test('without migrations there is no layer, and without long ones no task', () => {
  bare.resourceCountIs('AWS::Lambda::LayerVersion', 0);
  bare.hasResourceProperties('Custom::DatabaseBootstrap', { Migrations: [] });
  bare.resourceCountIs('AWS::ECS::TaskDefinition', 0);
  bare.resourceCountIs('AWS::Events::Rule', 0);
});

test.each(Object.entries(stageTemplates()).filter(([name]) => name.endsWith('/Service')))(
  'REC-2.2 the service of %s waits for the database',
  (_name, stage) => {
    const [id] = Object.keys(stage.findResources('Custom::DatabaseBootstrap'));
    const [{ DependsOn }] = Object.values(stage.findResources('AWS::ECS::Service'));
    expect(DependsOn).toContain(id);
  },
);
