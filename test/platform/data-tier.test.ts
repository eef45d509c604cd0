import { App, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Domain, PlatformStage, ServiceImage, StageSizing } from 'plinth';
import { propertiesOf } from '../support/service';
import { stageTemplates } from '../support/stages';

const templates = stageTemplates();
const data = (name: string) => templates[`${name}/Data`];
const service = (name: string) => templates[`${name}/Service`];
const stages = ['dev', 'staging', 'production'];

function stage(sizing: StageSizing): PlatformStage {
  return new PlatformStage(new App(), 'Stage', {
    stage: 'production',
    image: ServiceImage.fromRegistry('x/y:1'),
    domain: Domain.inZone('Z1', 'api.example.com'),
    costAllocation: { project: 'shop', team: 'platform' },
    sizing,
  });
}

function environmentOf(template: Template): { readonly [name: string]: unknown } {
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const app = task.Properties.ContainerDefinitions.find(({ Name }: { Name: string }) => Name === 'app');
  return Object.fromEntries(app.Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]));
}

test.each([
  ['dev', false],
  ['staging', true],
  ['production', true],
])('REC-2.6 gives %s a standby in a second zone: %s', (name, MultiAZ) => {
  data(name).hasResourceProperties('AWS::RDS::DBInstance', { MultiAZ });
});

test.each([
  ['dev', 'db.t4g.medium'],
  ['staging', 'db.t4g.medium'],
  ['production', 'db.t4g.xlarge'],
])('REC-2.8 runs the database of %s on %s', (name, DBInstanceClass) => {
  data(name).hasResourceProperties('AWS::RDS::DBInstance', { DBInstanceClass });
});

test.each(stages)('REC-2.9 gives %s 100 GB of SSD that grow by themselves', (name) => {
  data(name).hasResourceProperties('AWS::RDS::DBInstance', { StorageType: 'gp3', AllocatedStorage: '100', MaxAllocatedStorage: 1024 });
});

test.each([
  ['dev', '250'],
  ['staging', '250'],
  ['production', '500'],
])('REC-2.10 takes %s connections in %s', (name, connections) => {
  data(name).hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: Match.objectLike({ max_connections: connections }) });
});

test.each(stages)('REC-2.11 tells the tasks of %s a pool that the database bears at every count of tasks', (name) => {
  expect(environmentOf(service(name)).DATABASE_POOL_MAX).toBe('11');
});

test.each([
  ['dev', '1000'],
  ['staging', '1000'],
  ['production', '500'],
])('REC-14.1 gives each task of %s its share of what the provider takes in a minute: %s', (name, share) => {
  expect(environmentOf(service(name)).PROVIDER_REQUESTS_PER_MINUTE).toBe(share);
});

test('REC-2.11 refuses a stage whose pools the database does not bear', () => {
  expect(() => stage(StageSizing.production({ database: { maxConnections: 250 } }))).toThrow(
    'poolSize: maxTasks must be at most 11 for 250 connections, got 20, which leaves 5 connections a task of 10; ' +
      'raise maxConnections, lower maxTasks, or put RDS Proxy between',
  );
});

test.each([
  ['staging', 'cache.t4g.small', 'cache.t4g.micro'],
  ['production', 'cache.t4g.medium', 'cache.t4g.small'],
])('REC-3.3 gives the caches of %s a replica and failover on %s and %s', (name, results, limits) => {
  for (const CacheNodeType of [results, limits]) {
    data(name).hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      CacheNodeType,
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
    });
  }
});

test('REC-3.5 gives dev about 1 GB and production 4 to 8 GB over both stores', () => {
  const gigabytes: { readonly [node: string]: number } = { 'cache.t4g.micro': 0.5, 'cache.t4g.small': 1.37, 'cache.t4g.medium': 3.09 };
  const memory = (name: string) =>
    Object.values(data(name).findResources('AWS::ElastiCache::ReplicationGroup')).reduce(
      (sum, { Properties }) => sum + gigabytes[Properties.CacheNodeType],
      0,
    );

  expect(memory('dev')).toBeCloseTo(1.87);
  expect(memory('production')).toBeCloseTo(4.46);
});

test.each(stages)('REC-6.5 lets the tasks of %s reach database and caches by the groups they wear, and by no rule of their own', (name) => {
  const { SecurityGroups: worn } = (
    propertiesOf(service(name), 'AWS::ECS::Service').NetworkConfiguration as { AwsvpcConfiguration: { SecurityGroups: unknown[] } }
  ).AwsvpcConfiguration;

  expect(worn.slice(1).map((group) => JSON.stringify(group))).toEqual([
    expect.stringContaining('DatabaseAccessClients'),
    expect.stringMatching(/ResultCache(Single)?ValkeyAccessClients/),
    expect.stringContaining('LimiterStoreValkeyAccessClients'),
  ]);
  for (const type of ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress']) {
    expect(JSON.stringify(service(name).findResources(type))).not.toMatch(/"(From|To)Port":(5432|6379)/);
  }
});

test.each(stages)('REC-8.5 injects the secrets of %s, which tasks may read one by one', (name) => {
  const [task] = Object.values(service(name).findResources('AWS::ECS::TaskDefinition'));
  const app = task.Properties.ContainerDefinitions.find(({ Name }: { Name: string }) => Name === 'app');

  expect(app.Secrets.map(({ Name }: { Name: string }) => Name)).toEqual([
    'OPENAI_API_KEY',
    'INTERNAL_API_KEY',
    'SESSION_KEY',
    'RESULT_CACHE_PASSWORD',
  ]);
});

test('lets tasks log in to the database as the application by IAM, and decrypt by way of Secrets Manager only', () => {
  const policies = Object.values(service('production').findResources('AWS::IAM::ManagedPolicy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );

  expect(JSON.stringify(policies.find(({ Action }) => Action === 'rds-db:connect')?.Resource)).toContain('/application');
  expect(policies.find(({ Action }) => Action === 'kms:Decrypt')).toMatchObject({
    Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' } },
  });
});

test.each([
  ['dev', 7],
  ['staging', 7],
  ['production', 30],
])('REC-9.1 keeps backups of %s for %i days', (name, DeleteAfterDays) => {
  data(name).hasResourceProperties('AWS::Backup::BackupPlan', {
    BackupPlan: Match.objectLike({ BackupPlanRule: [Match.objectLike({ Lifecycle: { DeleteAfterDays } })] }),
  });
});

test('high traffic runs on nodes that do not burst', () => {
  const large = Template.fromStack(stage(StageSizing.highTraffic()).node.findChild('Data') as Stack);

  large.hasResourceProperties('AWS::RDS::DBInstance', { DBInstanceClass: 'db.m7g.xlarge' });
  large.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', { CacheNodeType: 'cache.m7g.large' });
});

/** What holds data, logs of it, or the key to it. */
const KEEPING =
  /^AWS::(RDS::DBInstance|ElastiCache::ReplicationGroup|SecretsManager::Secret|Backup::BackupVault|KMS::Key|Logs::LogGroup|S3::Bucket)$/;

interface Kept {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

const keeping = (name: string) =>
  Object.entries(templates).flatMap(([stack, template]) =>
    stack.startsWith(`${name}/`)
      ? Object.entries(template.toJSON().Resources as { [id: string]: Kept }).filter(([, { Type }]) => KEEPING.test(Type))
      : [],
  );

test.each(['staging', 'production'])('everything that keeps something in %s outlives its stack and its replacement', (name) => {
  const lost = keeping(name).filter(
    ([, { DeletionPolicy, UpdateReplacePolicy }]) => DeletionPolicy !== 'RetainExceptOnCreate' || UpdateReplacePolicy !== 'Retain',
  );

  expect(lost.map(([id, { Type, DeletionPolicy, UpdateReplacePolicy }]) => [id, Type, DeletionPolicy, UpdateReplacePolicy])).toEqual([]);
  expect(keeping(name).length).toBeGreaterThan(20);
});

test('nothing of dev stays behind', () => {
  const left = keeping('dev').filter(
    ([, { DeletionPolicy, UpdateReplacePolicy }]) => DeletionPolicy !== 'Delete' || UpdateReplacePolicy !== 'Delete',
  );

  expect(left).toEqual([]);
  expect(keeping('dev').length).toBeGreaterThan(20);
});
