import { Size } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { DatabaseStorageGrowth, type DatabaseStorageGrowthProps, type VectorDatabaseProps } from '../../../lib/data/database';
import { DataProtection } from '../../../lib/data/data-protection';
import { database, resourcesOf } from './builder';

function growthTemplate(props: Partial<VectorDatabaseProps> = {}, more: Partial<DatabaseStorageGrowthProps> = {}): Template {
  const { stack, database: made } = database(props, { env: { account: '111111111111', region: 'eu-central-1' } });
  new DatabaseStorageGrowth(stack, 'DatabaseStorageGrowth', { database: made, ...more });
  return Template.fromStack(stack);
}

const template = growthTemplate({ readReplicas: 1 });
const source = { Ref: Match.stringLikeRegexp('^Database[0-9A-F]{8}$') };
const replica = { Ref: Match.stringLikeRegexp('^DatabaseReplica1') };
const arnOf = (identifier: object) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':rds:eu-central-1:111111111111:db:', identifier]],
});

test('REC-5.6 looks at the disks every five minutes', () => {
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseStorageGrowthFunction'), 'Arn'] } },
  });
});

test('REC-5.6 looks after the database and its replicas, the source first, up to 1 TB', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: { DATABASE_INSTANCES: { 'Fn::Join': ['', [source, ',', replica]] }, STORAGE_LIMIT_GIB: '1024' },
    },
  });
});

test('stops where RDS itself stops', () => {
  const limited = growthTemplate({ size: { maxStorage: Size.gibibytes(300) } });

  limited.hasResourceProperties('AWS::RDS::DBInstance', { MaxAllocatedStorage: 300 });
  limited.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { STORAGE_LIMIT_GIB: '300' } } });
});

test('may modify these instances and no others', () => {
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Effect: 'Allow',
          Action: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance'],
          Resource: [arnOf(source), arnOf(replica)],
        },
        { Effect: 'Allow', Action: ['rds:DescribeEvents', 'cloudwatch:GetMetricStatistics'], Resource: '*' },
      ]),
    },
  });
});

test('sees a disk that was to grow and did not, three times in a row', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'Errors',
    Namespace: 'AWS/Lambda',
    Threshold: 0,
    EvaluationPeriods: 3,
    Period: 300,
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^DatabaseStorageGrowthFunction') } }],
    AlarmDescription: Match.stringLikeRegexp('; runbook docs/runbooks/database-storage-growth.md$'),
  });
});

test('does what it is told when it goes off', () => {
  const action: cloudwatch.IAlarmAction = { bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-west-1:111111111111:operators' }) };

  growthTemplate({}, { actions: [action] }).hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: ['arn:aws:sns:eu-west-1:111111111111:operators'],
  });
});

test.each([
  ['Retain', DataProtection.retained()],
  ['Delete', DataProtection.disposable()],
])('its log is as the data: %s', (policy, protection) => {
  const groups = Object.entries(resourcesOf(growthTemplate({}, { protection }))).filter(
    ([id, { Type }]) => Type === 'AWS::Logs::LogGroup' && id.startsWith('DatabaseStorageGrowth'),
  );

  expect(groups.map(([, { UpdateReplacePolicy }]) => UpdateReplacePolicy)).toEqual([policy]);
});
