import { App, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { VectorDatabase } from '../../../lib/data/database';
import { Network } from '../../../lib/network';
import { databaseTemplate, resourcesOf, theResource } from './builder';

const template = databaseTemplate();
const INSTANCE = 'AWS::RDS::DBInstance';
const dataKey = { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseKey'), 'Arn'] };

test('runs PostgreSQL 17.9 or a later minor version of it', () => {
  template.hasResourceProperties(INSTANCE, { Engine: 'postgres', EngineVersion: '17.9', AutoMinorVersionUpgrade: true });
});

test('never buys extended support by itself', () => {
  template.hasResourceProperties(INSTANCE, { EngineLifecycleSupport: 'open-source-rds-extended-support-disabled' });
});

test('has a standby in another zone', () => {
  template.hasResourceProperties(INSTANCE, { MultiAZ: true });
});

test('has 2 vCPU and 4 GiB when nothing is asked', () => {
  template.hasResourceProperties(INSTANCE, { DBInstanceClass: 'db.t4g.medium' });
});

test('has the class that was asked for', () => {
  const instanceType = ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.XLARGE);
  databaseTemplate({ size: { instanceType } }).hasResourceProperties(INSTANCE, { DBInstanceClass: 'db.t4g.xlarge' });
});

test('begins with 100 GiB of gp3 and grows to 1,024', () => {
  template.hasResourceProperties(INSTANCE, { StorageType: 'gp3', AllocatedStorage: '100', MaxAllocatedStorage: 1024 });
});

test('grows no further than it is told', () => {
  databaseTemplate({ size: { maxStorage: Size.gibibytes(600) } }).hasResourceProperties(INSTANCE, { MaxAllocatedStorage: 600 });
});

test.each([100, 399, 400, 812])('asks for no operations of a disk of %d GiB, as gp3 has 3,000 of them anyway', (storage) => {
  const properties = theResource(databaseTemplate({ size: { storage: Size.gibibytes(storage) } }), INSTANCE).Properties;
  expect(properties).not.toHaveProperty('Iops');
  expect(properties).not.toHaveProperty('StorageThroughput');
});

test('is encrypted under a key of its own', () => {
  template.hasResourceProperties(INSTANCE, { StorageEncrypted: true, KmsKeyId: dataKey, PerformanceInsightsKMSKeyId: dataKey });
});

test('rotates the key', () => {
  template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true });
});

test('lets nobody but AWS services grant the use of its keys', () => {
  template.allResourcesProperties('AWS::KMS::Key', {
    KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Action: 'kms:CreateGrant', Principal: { AWS: '*' } })]) },
  });
});

test('takes keys that it is given', () => {
  const stack = new Stack(new App(), 'Stack');
  const key = (id: string) => new kms.Key(stack, id);
  new VectorDatabase(stack, 'Database', { vpc: new Network(stack, 'Network').vpc, encryptionKey: key('A'), logKey: key('B') });
  const made = Object.entries(resourcesOf(Template.fromStack(stack))).filter(([, { Type }]) => Type === 'AWS::KMS::Key');
  expect(made.map(([id]) => id)).toEqual([expect.stringMatching(/^A/), expect.stringMatching(/^B/)]);
});

test('stands in isolated subnets, without a public address', () => {
  template.hasResourceProperties(INSTANCE, { PubliclyAccessible: false });
  const { SubnetIds } = theResource(template, 'AWS::RDS::DBSubnetGroup').Properties as { SubnetIds: { Ref: string }[] };
  expect(SubnetIds.map(({ Ref }) => Ref)).toEqual([expect.stringContaining('Isolated'), expect.stringContaining('Isolated')]);
});

test('shows a certificate of the authority of 2061', () => {
  template.hasResourceProperties(INSTANCE, { CACertificateIdentifier: 'rds-ca-rsa2048-g1' });
});

test('measures its host every minute', () => {
  template.hasResourceProperties(INSTANCE, {
    MonitoringInterval: 60,
    MonitoringRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('MonitoringRole'), 'Arn'] },
  });
});

test('keeps what queries cost for seven days, the span that is free', () => {
  template.hasResourceProperties(INSTANCE, {
    EnablePerformanceInsights: true,
    PerformanceInsightsRetentionPeriod: 7,
    DatabaseInsightsMode: 'standard',
  });
});

test('writes metrics of its host to the group of RDS alone', () => {
  const policies = Object.entries(resourcesOf(template)).filter(([id]) => /MonitoringRolePermissions/.test(id));
  expect(JSON.stringify(policies).match(/log-group:[^"]*/g)).toEqual(['log-group:RDSOSMetrics', 'log-group:RDSOSMetrics:log-stream:*']);
});

test('has no inline policy', () => {
  template.resourceCountIs('AWS::IAM::Policy', 0);
});

/** A text that a joined one stands in. */
function within(before: string, joined: unknown, after: string) {
  const { 'Fn::Join': parts } = joined as { 'Fn::Join': [string, [string, unknown]] };
  return { 'Fn::Join': ['', [before + parts[1][0], parts[1][1], after]] };
}

describe('windows', () => {
  test('lie apart from the backup plan at 01:00 and from each other', () => {
    template.hasResourceProperties(INSTANCE, { PreferredBackupWindow: '03:00-03:30', PreferredMaintenanceWindow: 'sun:07:30-sun:08:30' });
  });
});

test('waits for the policy of its monitoring role, which RDS tries at once', () => {
  expect(theResource(template, INSTANCE).DependsOn).toContainEqual(expect.stringMatching(/MonitoringRolePermissions/));
});

describe('logs', () => {
  const { DBInstanceIdentifier: identifier } = theResource(template, INSTANCE).Properties;

  test('are exported', () => {
    template.hasResourceProperties(INSTANCE, { EnableCloudwatchLogsExports: ['postgresql', 'upgrade'] });
  });

  test.each(['postgresql', 'upgrade'])('of %s have a group under a key, for 30 days', (name) => {
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: within('/aws/rds/instance/', identifier, `/${name}`),
      RetentionInDays: 30,
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseLogKey'), 'Arn'] },
    });
  });

  test('have their groups before the instance, which would make them itself', () => {
    const { DependsOn } = theResource(template, INSTANCE);
    expect(DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/Logspostgresql/), expect.stringMatching(/Logsupgrade/)]));
  });
});

describe('the name of an instance', () => {
  const nameIn = (stack: string, id: string) => {
    const made = new Stack(new App(), stack);
    new VectorDatabase(made, id, { vpc: new Network(made, 'Network').vpc });
    const { 'Fn::Join': joined } = theResource(Template.fromStack(made), INSTANCE, /./).Properties.DBInstanceIdentifier as {
      'Fn::Join': [string, [string, unknown]];
    };
    // The part of the stack's id has 8 characters.
    return { name: `${joined[1][0]}01234567`, stackPart: JSON.stringify(joined[1][1]) };
  };

  test('tells stack and construct, in lower case', () => {
    expect(nameIn('production-Data', 'VectorDatabase').name).toMatch(/^productiondata-vectordatabase-[0-9a-f]{8}-01234567$/);
  });

  test.each([10, 60, 120])('has 63 letters, digits and single hyphens at most for an id of %d letters', (length) => {
    expect(nameIn('Stack', 'D'.repeat(length)).name).toMatch(/^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  test('is another when its stack is made again, as the first one leaves its database behind', () => {
    expect(nameIn('production-Data', 'Database').stackPart).toContain('"AWS::StackId"');
  });

  test('is another in another stack', () => {
    expect(nameIn('dev-Data', 'Database').name).not.toBe(nameIn('staging-Data', 'Database').name);
  });
});
