import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { VectorDatabase, VectorExport, type VectorExportProps } from '../../../lib/data/database';
import { Network } from '../../../lib/network';

function exportTemplate(more: Partial<VectorExportProps> = {}): Template {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'eu-central-1' } });
  const { vpc } = new Network(stack, 'Network');
  const database = new VectorDatabase(stack, 'Database', { vpc, readReplicas: 1 });
  new VectorExport(stack, 'Export', { vpc, database, ...more });
  return Template.fromStack(stack);
}

const template = exportTemplate();
const theFunction = Match.stringLikeRegexp('^ExportFunction');

test('VEC-2.1 exports every day at 02:00 UTC', () => {
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 2 * * ? *)',
    Target: { Arn: { 'Fn::GetAtt': [theFunction, 'Arn'] } },
  });
});

test('logs in as a user that only reads, by IAM', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Timeout: 900,
    MemorySize: 1769,
    Environment: {
      Variables: {
        DATABASE_HOST: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Database'), 'Endpoint.Address'] },
        DATABASE_PORT: Match.anyValue(),
        DATABASE_NAME: 'app',
        DATABASE_USER: 'exporter',
        DATABASE_POOL_MAX: '1',
        DATABASE_STATEMENT_TIMEOUT_MS: '60000',
        EXPORT_BUCKET: { Ref: Match.stringLikeRegexp('^ExportBucket') },
      },
    },
  });
  const policies = JSON.stringify(template.findResources('AWS::IAM::ManagedPolicy'));
  expect(policies.match(/rds-db:connect/g)).toHaveLength(1);
  expect(policies).toContain('/exporter"');
  expect(policies).not.toContain('/application"');
});

test('wears the group of clients of the database', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    VpcConfig: {
      SecurityGroupIds: [
        { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseAccessClients'), 'GroupId'] },
        { 'Fn::GetAtt': [Match.stringLikeRegexp('^ExportSecurityGroup'), 'GroupId'] },
      ],
    },
  });
});

test('keeps exports for thirty days', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: { Rules: Match.arrayWith([{ ExpirationInDays: 30, Prefix: 'exports/', Status: 'Enabled' }]) },
  });
});

test('sees 26 hours in none of which an export succeeded', () => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'Errors',
    Namespace: 'AWS/Lambda',
    Statistic: 'Minimum',
    Period: 3600,
    EvaluationPeriods: 26,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'breaching',
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: theFunction } }],
    AlarmDescription: Match.stringLikeRegexp('; runbook docs/runbooks/vector-export.md$'),
  });
});

test('does what it is told when it goes off', () => {
  const action = { bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-west-1:111111111111:operators' }) };

  exportTemplate({ actions: [action] }).hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: ['arn:aws:sns:eu-west-1:111111111111:operators'],
  });
});
