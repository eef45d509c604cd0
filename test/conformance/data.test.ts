import type { AssemblyStage, CloudFormationTemplate } from '../../lib/assembly';
import { StageSizing } from 'plinth';
import { production, resourceOf, withProperties, withResources } from './production';
import { demandsThatAre, domain, findingOf, platform, stageOf } from './support';

const DATABASE = 'AWS::RDS::DBInstance';
const PARAMETERS = 'AWS::RDS::DBParameterGroup';
const CACHE = 'AWS::ElastiCache::ReplicationGroup';
const USER_GROUP = 'AWS::ElastiCache::UserGroup';
const TASK = 'AWS::ECS::TaskDefinition';
const PLAN = 'AWS::Backup::BackupPlan';

const { id: databaseId, properties: databaseProperties } = resourceOf(DATABASE);

/** A read replica of production's database, with the parameters and the group of its source unless others are given. */
const withReplica = (properties: { readonly [name: string]: unknown }, resources: CloudFormationTemplate['Resources'] = {}) => {
  const replica = { ...databaseProperties, SourceDBInstanceIdentifier: { Ref: databaseId }, ...properties };
  return withResources(/Data/, { Replica: { Type: DATABASE, Properties: replica }, ...resources });
};

/** What production's service wears. */
const { NetworkConfiguration } = resourceOf('AWS::ECS::Service').properties as {
  readonly NetworkConfiguration: { readonly AwsvpcConfiguration: { readonly SecurityGroups: readonly unknown[] } };
};
const worn = NetworkConfiguration.AwsvpcConfiguration.SecurityGroups;

const withStranger = (Type: string, Properties: { readonly [name: string]: unknown }) =>
  withResources(/Service/, { Stranger: { Type, Properties } });

const task = resourceOf(TASK).properties as {
  readonly ContainerDefinitions: readonly { readonly Secrets?: readonly { readonly Name: string; readonly ValueFrom: unknown }[] }[];
};

/** Production with other secrets in its containers. */
const withSecrets = (change: (secrets: readonly { readonly Name: string; readonly ValueFrom: unknown }[]) => readonly unknown[]) =>
  withProperties(TASK, /./, {
    ContainerDefinitions: task.ContainerDefinitions.map((one) => ({ ...one, Secrets: change(one.Secrets ?? []) })),
  });

const plan = resourceOf(PLAN).properties as { readonly BackupPlan: { readonly BackupPlanRule: readonly object[] } };
const selection = resourceOf('AWS::Backup::BackupSelection').properties as { readonly BackupSelection: object };

const database = (parameters: { readonly [name: string]: string }): AssemblyStage =>
  stageOf({
    data: {
      Resources: {
        Database: { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'postgres', DBParameterGroupName: { Ref: 'Parameters' } } },
        Parameters: { Type: 'AWS::RDS::DBParameterGroup', Properties: { Family: 'postgres17', Parameters: parameters } },
      },
    },
  });

const WORN = 'there must be no other wearer of the group of clients, found 1';

test.each([
  ['Lambda function', withStranger('AWS::Lambda::Function', { VpcConfig: { SecurityGroupIds: worn } })],
  ['RDS proxy', withStranger('AWS::RDS::DBProxy', { VpcSecurityGroupIds: worn })],
  ['CodeBuild project', withStranger('AWS::CodeBuild::Project', { VpcConfig: { SecurityGroupIds: worn } })],
  [
    'launch template',
    withStranger('AWS::EC2::LaunchTemplate', { LaunchTemplateData: { NetworkInterfaces: [{ DeviceIndex: 0, Groups: worn }] } }),
  ],
  ['EC2 instance', withStranger('AWS::EC2::Instance', { NetworkInterfaces: [{ DeviceIndex: '0', GroupSet: worn }] })],
  ['scheduled task', withStranger('AWS::Events::Rule', { Targets: [{ EcsParameters: { NetworkConfiguration } }] })],
  ['service without a load balancer', withStranger('AWS::ECS::Service', { NetworkConfiguration })],
])('REC-6.5 is unmet when a stranger (%s) wears the groups of clients', (_, stage) => {
  expect(findingOf('REC-6.5', stage)).toMatchObject({ status: 'unmet', reason: WORN });
});

test('REC-6.5 takes handing the id of a group on for no wearing', () => {
  expect(findingOf('REC-6.5', withStranger('AWS::SSM::Parameter', { Type: 'String', Value: worn[1] })).status).toBe('met');
});

const open = (properties: { readonly [name: string]: unknown }) => ({
  Type: 'AWS::EC2::SecurityGroup',
  Properties: { GroupDescription: 'Open', SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, ...properties }] },
});
const ofReplica = { VPCSecurityGroups: [{ 'Fn::GetAtt': ['Open', 'GroupId'] }] };
const withImported = (type: string, id: RegExp, list: string) =>
  withProperties(type, id, { [list]: [...(resourceOf(type, id).properties[list] as unknown[]), 'sg-0123456789abcdef0'] });

test.each([
  [
    'a public primary',
    withProperties(DATABASE, /./, { PubliclyAccessible: true }),
    'a database: PubliclyAccessible must be false, got true',
  ],
  ['a public replica', withReplica({ PubliclyAccessible: true }), 'a database: PubliclyAccessible must be false, got true'],
  [
    'a replica open to the internet',
    withReplica(ofReplica, { Open: open({ CidrIp: '0.0.0.0/0' }) }),
    'a rule of a database: SourceSecurityGroupId must refer to the group of its clients, got nothing',
  ],
  [
    'a rule for every protocol, which has no ports',
    withProperties('AWS::EC2::SecurityGroupIngress', /DatabaseAccessFromClients/, { IpProtocol: '-1' }),
    'a rule of a database: IpProtocol must be tcp or 6, got -1',
  ],
  [
    'an imported group on the database',
    withImported(DATABASE, /./, 'VPCSecurityGroups'),
    'a database: VPCSecurityGroups[*] must refer to a group of the stage, got sg-0123456789abcdef0',
  ],
  [
    'an imported group on a cache',
    withImported(CACHE, /Limiter/, 'SecurityGroupIds'),
    'a cache: SecurityGroupIds[*] must refer to a group of the stage, got sg-0123456789abcdef0',
  ],
])('REC-6.5 is unmet with %s', (_, stage, reason) => {
  expect(findingOf('REC-6.5', stage)).toMatchObject({ status: 'unmet', reason });
});

test('REC-6.5 is met with a replica like its source', () => {
  expect(findingOf('REC-6.5', withReplica({})).status).toBe('met');
});

const spare = (Parameters: object) => ({ Spare: { Type: PARAMETERS, Properties: { Family: 'postgres17', Parameters } } });

test.each([
  [
    'the database on parameters of nobody',
    withProperties(DATABASE, /./, { DBParameterGroupName: 'default.postgres17' }),
    'a database: DBParameterGroupName must refer to parameters of the stage, got default.postgres17',
  ],
  [
    'the database on parameters that leave TLS open, beside some that force it',
    withResources(/Data/, spare({}), withProperties(DATABASE, /./, { DBParameterGroupName: { Ref: 'Spare' } })),
    'the parameters of a database: Parameters["rds.force_ssl"] must be 1, got nothing',
  ],
  [
    'a replica on parameters that leave TLS open',
    withReplica({ DBParameterGroupName: { Ref: 'Spare' } }, spare({ 'rds.force_ssl': '0' })),
    'the parameters of a database: Parameters["rds.force_ssl"] must be 1, got 0',
  ],
  [
    'a database that takes TLS 1.1',
    withProperties(PARAMETERS, /./, { Parameters: { 'rds.force_ssl': '1', ssl_min_protocol_version: 'TLSv1.1' } }),
    'the parameters of a database: Parameters.ssl_min_protocol_version must be TLSv1.2 or TLSv1.3, got TLSv1.1',
  ],
  [
    'a cache that prefers TLS',
    withProperties(CACHE, /Limiter/, { TransitEncryptionMode: 'preferred' }),
    'a cache: TransitEncryptionMode must be required, got preferred',
  ],
])('REC-8.1 is unmet with %s', (_, stage, reason) => {
  expect(findingOf('REC-8.1', stage)).toMatchObject({ status: 'unmet', reason });
});

test('REC-8.1 follows the database past parameters that nothing uses', () => {
  expect(findingOf('REC-8.1', withResources(/Data/, spare({}))).status).toBe('met');
});

const usersOf = (id: RegExp) => resourceOf(USER_GROUP, id).properties.UserIds as readonly unknown[];
const openAi = task.ContainerDefinitions.flatMap(({ Secrets = [] }) => Secrets).find(({ Name }) => Name === 'OPENAI_API_KEY')!;
const without = (name: string) => withSecrets((secrets) => secrets.filter(({ Name }) => Name !== name));
const PASSWORD =
  'a container with RESULT_CACHE_PASSWORD: Secrets[Name=RESULT_CACHE_PASSWORD].ValueFrom must refer to the password of a cache of results, got ';

test.each([
  [
    'a cache without users',
    withProperties(CACHE, /Limiter/, { UserGroupIds: undefined }),
    'a cache: UserGroupIds[*] must refer to a group of users, got nothing',
  ],
  [
    'users of whom none may log in',
    withProperties(USER_GROUP, /Limiter/, { UserIds: usersOf(/Limiter/).slice(1) }),
    'there must be no group of users of whom none logs in with a password, found 1',
  ],
  [
    "AWS's own user, who needs no password",
    withProperties(USER_GROUP, /Limiter/, { UserIds: [...usersOf(/Limiter/), 'default'] }),
    'a group of users: UserIds[*] must refer to a user of the stage, got default',
  ],
  [
    'one secret for all keys',
    withSecrets((secrets) => secrets.map((one) => (one.Name.endsWith('_KEY') ? { ...one, ValueFrom: openAi.ValueFrom } : one))),
    'there must be no secret that is two of them, found 1',
  ],
  [
    "the OpenAI key in place of the cache's password",
    withSecrets((secrets) => secrets.map((one) => (one.Name.endsWith('PASSWORD') ? { ...one, ValueFrom: openAi.ValueFrom } : one))),
    expect.stringContaining(PASSWORD),
  ],
  [
    'the password of another cache than the one of results',
    withProperties(CACHE, /Result/, { UserGroupIds: resourceOf(CACHE, /Limiter/).properties.UserGroupIds }),
    expect.stringContaining(PASSWORD),
  ],
  [
    'no password of the cache in a container',
    without('RESULT_CACHE_PASSWORD'),
    'there must be a container with RESULT_CACHE_PASSWORD, found none',
  ],
])('REC-8.5 is unmet with %s', (_, stage, reason) => {
  expect(findingOf('REC-8.5', stage)).toMatchObject({ status: 'unmet', reason });
});

const withPlan = (...rules: readonly object[]) => withProperties(PLAN, /./, { BackupPlan: { ...plan.BackupPlan, BackupPlanRule: rules } });
const withSelection = (more: object) =>
  withProperties('AWS::Backup::BackupSelection', /./, { BackupSelection: { ...selection.BackupSelection, ...more } });
const [rule] = plan.BackupPlan.BackupPlanRule;
const yearly = { ...rule, ScheduleExpression: 'cron(0 1 1 1 ? *)' };
const OWN = 'or a database: BackupRetentionPeriod must be at least 30, got 7';
const NO_RULE = `there must be a daily rule that backs a database up whose Lifecycle.DeleteAfterDays must be at least 30, found none, ${OWN}`;
const second = { Second: { Type: DATABASE, Properties: { ...databaseProperties, BackupRetentionPeriod: 1 } } };

test.each([
  [
    'a second database in no plan',
    withResources(/Data/, second),
    `there must be no database without daily backups for 30 days, found 1, ${OWN}, 1`,
  ],
  ['backups once a year', withPlan(yearly), NO_RULE],
  [
    'daily backups for a week beside yearly ones',
    withPlan({ ...rule, Lifecycle: { DeleteAfterDays: 7 } }, yearly),
    NO_RULE.replace('found none', 'got 7'),
  ],
  ['a selection that takes everything out', withSelection({ NotResources: ['*'] }), NO_RULE],
  ['a selection on conditions', withSelection({ Conditions: { StringEquals: [{ ConditionKey: 'a', ConditionValue: 'b' }] } }), NO_RULE],
])('REC-9.1 is unmet with %s', (_, stage, reason) => {
  expect(findingOf('REC-9.1', stage)).toMatchObject({ status: 'unmet', reason });
});

test('REC-9.1 is met with yearly backups beside the daily ones', () => {
  expect(findingOf('REC-9.1', withPlan(rule, yearly)).status).toBe('met');
});

test('REC-3.4 names the log of a cache that has one', () => {
  const logged = withProperties(CACHE, /Result/, { Durability: 'sync' });

  expect(findingOf('REC-3.4', logged).evidence).toContainEqual(expect.objectContaining({ path: 'Properties.Durability', value: 'sync' }));
});

test('REC-3.4 shows the empty place of the log where a stage has daily snapshots alone', () => {
  const logs = findingOf('REC-3.4', production).evidence.filter(({ path }) => path === 'Properties.Durability');

  expect(logs.map(({ value }) => value)).toEqual([undefined, undefined]);
});

test('REC-3.6 is unmet with a cache of results that evicts nothing, whatever the other store does', () => {
  const [evicting, keeping] = [/Result/, /Limiter/].map((id) => resourceOf(CACHE, id).properties.CacheParameterGroupName);
  const swapped = withProperties(CACHE, /Limiter/, { CacheParameterGroupName: evicting });

  expect(findingOf('REC-3.6', withProperties(CACHE, /Result/, { CacheParameterGroupName: keeping }, swapped))).toMatchObject({
    status: 'unmet',
    reason: expect.stringMatching(/^a cache of results: CacheParameterGroupName must refer to parameters that evict, got /),
  });
});

test.each([
  [1024, 'met'],
  [1025, 'unmet'],
])('REC-2.9 of a disk that grows to %i GiB is %s', (MaxAllocatedStorage, status) => {
  expect(findingOf('REC-2.9', withProperties(DATABASE, /./, { MaxAllocatedStorage })).status).toBe(status);
});

test.each(['fsync', 'full_page_writes', 'synchronous_commit'])('a database with %s off does not commit safely', (name) => {
  expect(findingOf('REC-2.4', database({ [name]: 'off' }))).toMatchObject({
    status: 'unmet',
    evidence: [{ logicalId: 'Parameters', path: `Properties.Parameters.${name}`, value: 'off' }],
  });
});

test('a database without such parameters commits safely', () => {
  expect(findingOf('REC-2.4', database({})).status).toBe('met');
});

test('an Aurora cluster is not judged', () => {
  const member = { Type: 'AWS::RDS::DBInstance', Properties: { Engine: 'aurora-postgresql', DBClusterIdentifier: 'cluster' } };

  expect(findingOf('REC-2.5', stageOf({ data: { Resources: { Member: member } } })).status).toBe('not-applicable');
});

test('production at the sizes of staging is too small', () => {
  const small = platform({ stage: 'production', domain, sizing: StageSizing.staging() });

  expect(demandsThatAre('unmet', small).toSorted()).toEqual(['REC-2.8', 'REC-3.5', 'REC-9.1']);
});

test('caches of an unknown node type have an unknown size', () => {
  const cache = { Type: 'AWS::ElastiCache::ReplicationGroup', Properties: { CacheNodeType: 'cache.q1.vast' } };

  expect(findingOf('REC-3.5', stageOf({ data: { Resources: { Cache: cache } } })).reason).toBe(
    'there must be 1 to 8 GiB of memory in the caches, found an unknown size',
  );
});
