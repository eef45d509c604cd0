import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { VectorDatabaseAlarms, type VectorDatabaseProps } from '../../../lib/data/database';
import { database, type Resource, resourcesOf } from './builder';

function alarmsOf(
  props: Partial<VectorDatabaseProps> = {},
  actions: cloudwatch.IAlarmAction[] = [],
): { readonly [id: string]: Resource['Properties'] } {
  const { stack, database: made } = database(props);
  VectorDatabaseAlarms.of(made).addAll({ actions });
  const found = Object.entries(resourcesOf(Template.fromStack(stack))).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
  return Object.fromEntries(found.map(([id, { Properties }]) => [id.slice('Database'.length, -8), Properties]));
}
const alarms = alarmsOf({ readReplicas: 1 });
const classOf = (instanceClass: ec2.InstanceClass, size: ec2.InstanceSize) => ({
  size: { instanceType: ec2.InstanceType.of(instanceClass, size) },
});

test('watches the instance and each replica', () => {
  expect(Object.keys(alarms).toSorted()).toEqual([
    'ConnectionsPrimary',
    'ConnectionsReplica1',
    'CpuCreditsPrimary',
    'CpuCreditsReplica1',
    'FreeStoragePrimary',
    'FreeStorageReplica1',
    'ReplicaLagReplica1',
    'RotationFailuresPrimary',
  ]);
});

test('watches metrics by the instance that has them', () => {
  expect(alarms.ConnectionsPrimary.Dimensions).toEqual([
    { Name: 'DBInstanceIdentifier', Value: { Ref: expect.stringMatching(/^Database[0-9A-F]{8}$/) } },
  ]);
  expect(alarms.ConnectionsReplica1.Dimensions).toEqual([
    { Name: 'DBInstanceIdentifier', Value: { Ref: expect.stringMatching(/^DatabaseReplica1/) } },
  ]);
});

test.each([
  [ec2.InstanceSize.MEDIUM, 24],
  [ec2.InstanceSize.XLARGE, 96],
])('misses CPU credits of a t4g.%s under the %d of an hour, for two hours', (size, credits) => {
  expect(alarmsOf(classOf(ec2.InstanceClass.T4G, size)).CpuCreditsPrimary).toMatchObject({
    MetricName: 'CPUCreditBalance',
    Threshold: credits,
    ComparisonOperator: 'LessThanThreshold',
    EvaluationPeriods: 24,
    Period: 300,
  });
});

test('misses no CPU credits of a class that has none', () => {
  expect(alarmsOf(classOf(ec2.InstanceClass.M7G, ec2.InstanceSize.XLARGE))).not.toHaveProperty('CpuCreditsPrimary');
});

test('misses space when 85 % of the first disk are full', () => {
  expect(alarms.FreeStoragePrimary).toMatchObject({
    MetricName: 'FreeStorageSpace',
    Threshold: 15 * 1024 ** 3,
    ComparisonOperator: 'LessThanThreshold',
  });
});

test('sees more than 80 % of the connections taken', () => {
  expect(alarms.ConnectionsPrimary).toMatchObject({
    MetricName: 'DatabaseConnections',
    Threshold: 200,
    ComparisonOperator: 'GreaterThanThreshold',
  });
});

test('sees a replica a minute behind, or one that stopped to say', () => {
  expect(alarms.ReplicaLagReplica1).toMatchObject({ MetricName: 'ReplicaLag', Threshold: 60, TreatMissingData: 'breaching' });
});

test('sees a rotation that failed', () => {
  expect(alarms.RotationFailuresPrimary).toMatchObject({
    MetricName: 'Errors',
    Namespace: 'AWS/Lambda',
    Threshold: 0,
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringMatching(/RotationFunction/) } }],
  });
});

test('does what it is told', () => {
  const action: cloudwatch.IAlarmAction = { bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-west-1:111111111111:operators' }) };
  for (const { AlarmActions } of Object.values(alarmsOf({}, [action]))) {
    expect(AlarmActions).toEqual(['arn:aws:sns:eu-west-1:111111111111:operators']);
  }
});

test.each(Object.entries(alarms))('%s names a runbook that there is', (_, { AlarmDescription }) => {
  const [, runbook] = /; runbook (docs\/runbooks\/[a-z-]+\.md)$/.exec(String(AlarmDescription)) ?? [];
  expect(runbook).toBeDefined();
  expect(existsSync(join(__dirname, '../../..', runbook))).toBe(true);
});
