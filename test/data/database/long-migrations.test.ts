import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DatabaseBootstrap, DatabaseBootstrapAlarms, Migrations, Network, VectorDatabase } from 'plinth';

const app = new App();
const stack = new Stack(app, 'Stack');
const { vpc } = new Network(stack, 'Network');
const database = new VectorDatabase(stack, 'Database', { vpc });
const bootstrap = new DatabaseBootstrap(stack, 'Bootstrap', { vpc, database, migrations: Migrations.fromFolder('examples/migrations') });
const alarms = DatabaseBootstrapAlarms.of(bootstrap).addAll();
const template = Template.fromStack(stack);

const task = { Ref: Match.stringLikeRegexp('^BootstrapLongTask') };
const cluster = { 'Fn::GetAtt': [Match.stringLikeRegexp('^BootstrapLongCluster'), 'Arn'] };
const role = (name: string) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(`^BootstrapLong${name}`), 'Arn'] });
const expectStatement = (statement: object) =>
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike(statement)]) },
  });

test('the function may start that task alone, in its cluster alone', () => {
  expectStatement({ Action: 'ecs:RunTask', Resource: task, Condition: { ArnEquals: { 'ecs:cluster': cluster } } });
});

test('the function may hand the two roles of the task to tasks alone', () => {
  expectStatement({
    Action: 'iam:PassRole',
    Resource: [role('TaskRole'), role('ExecutionRole')],
    Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
});

test('the task runs unprivileged on ARM64, with the secret by name only', () => {
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    Cpu: '256',
    RuntimePlatform: { CpuArchitecture: 'ARM64' },
    ContainerDefinitions: [
      Match.objectLike({
        User: '1000:1000',
        ReadonlyRootFilesystem: true,
        Environment: [{ Name: 'DATABASE_SECRET_ARN', Value: { Ref: Match.stringLikeRegexp('SecretAttachment') } }],
        Secrets: Match.absent(),
      }),
    ],
  });
});

test('the image holds the code, and the migrations as they are', () => {
  const { directory } = app.synth();
  const folders = readdirSync(directory).filter((name) => name.startsWith('asset.'));
  const image = folders.map((name) => join(directory, name)).find((folder) => existsSync(join(folder, 'task.js')));
  expect(readdirSync(image!).toSorted()).toEqual(['Dockerfile', 'migrations', 'task.js']);
  expect(readdirSync(join(image!, 'migrations'))).toEqual(readdirSync('examples/migrations').filter((file) => file.endsWith('.sql')));
});

test('the image has the base of the gateway', () => {
  const [base, other] = ['lambda/database-bootstrap', 'gateway'].map(
    (folder) => readFileSync(join(folder, 'Dockerfile'), 'utf8').split('\n')[0],
  );
  expect(base).toMatch(/^FROM node:\S+@sha256:[0-9a-f]{64}$/);
  expect(base).toBe(other);
});

test('a task that failed or could not start is told to the function, whose log names the reason', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.ecs'],
      'detail-type': ['ECS Task State Change'],
      detail: {
        clusterArn: [cluster],
        lastStatus: ['STOPPED'],
        $or: [{ containers: { exitCode: [{ 'anything-but': [0] }] } }, { stopCode: ['TaskFailedToStart'] }],
      },
    },
    Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^BootstrapFunction'), 'Arn'] } })],
  });
});

test('an alarm goes off with the first of them', () => {
  expect(alarms).toHaveLength(1);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/Events',
    MetricName: 'Invocations',
    Dimensions: [{ Name: 'RuleName', Value: { Ref: Match.stringLikeRegexp('^BootstrapLongFailures') } }],
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    AlarmDescription: Match.stringLikeRegexp('docs/runbooks/database-long-migration.md$'),
  });
});

test('the runbook of the alarm exists', () => {
  expect(readFileSync('docs/runbooks/database-long-migration.md', 'utf8')).toContain('aws ecs run-task');
});
