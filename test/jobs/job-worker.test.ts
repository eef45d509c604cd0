import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { JobProcessor, JobQueue, JobQueueAlarms, JobScaling, JobStore, JobWorker, Secrets, WebhookQueues } from 'plinth';
import { workerEnvironment } from '../../lambda/job-worker/worker-environment';
import { jobsEnvironment } from '../../lambda/shared/jobs-environment';
import { propertiesOf } from '../support/service';
import { statementsOf } from '../webhooks/support';
import { jobs, type JobsOptions, jobsTemplate, KINDS, readable } from './support';

const SOURCE = 'AWS::Lambda::EventSourceMapping';
const FUNCTION = 'AWS::Lambda::Function';
const template = jobsTemplate();

const functionOf = (what: string, of = template) => propertiesOf(of, FUNCTION, ({ Description }) => String(Description).startsWith(what));

function environmentOf(what: string): NodeJS.ProcessEnv {
  const { Variables } = functionOf(what).Environment as { Variables: { [name: string]: unknown } };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, readable(value)]));
}

/** What the policies say of a service, a list of actions a statement. */
function actionsOn(service: string, of = template): string[][] {
  return Object.values(of.findResources('AWS::IAM::ManagedPolicy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[] }[])
    .map(({ Action }) => [Action].flat().filter((action) => action.startsWith(`${service}:`)))
    .filter((actions) => actions.length > 0);
}

describe('the worker', () => {
  test('CTX-4.4 grows with the backlog to 5 at once, each with up to 10 jobs side by side', () => {
    template.hasResourceProperties(SOURCE, { BatchSize: 10, ScalingConfig: { MaximumConcurrency: 5 } });
  });

  test('brings back only the messages that failed', () => {
    template.hasResourceProperties(SOURCE, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
  });

  test.each([
    [JobScaling.onDemand(50), { ScalingConfig: { MaximumConcurrency: 50 }, ProvisionedPollerConfig: Match.absent() }],
    [JobScaling.provisioned(2, 20), { ScalingConfig: Match.absent(), ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 20 } }],
  ])('CTX-4.4 scales by one way or the other: %#', (scaling, properties) => {
    jobsTemplate({ worker: { scaling } }).hasResourceProperties(SOURCE, properties);
  });

  test('reads its environment as it was written', () => {
    const { processors, kinds, tableName, resultBucket } = workerEnvironment(environmentOf('Works'));

    expect(processors.get('reports.make')).toEqual({ type: 'function', functionName: 'deployed' });
    expect([kinds.size, tableName, resultBucket]).toEqual([1, 'deployed', 'deployed']);
  });

  test('may receive, send and call its function, and read the one secret', () => {
    expect(actionsOn('sqs')).toContainEqual([
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ]);
    expect(actionsOn('lambda')).toEqual([['lambda:InvokeFunction'], ['lambda:InvokeFunction']]);
    expect(actionsOn('secretsmanager')).toEqual([['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret']]);
  });

  test('names no resource by a wildcard but the objects of its bucket and the traces', () => {
    const wide = Object.values(template.findResources('AWS::IAM::ManagedPolicy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action, Resource }) => JSON.stringify([Action, Resource]).includes('*'))
      .flatMap(({ Action }) => Action);

    expect(new Set(wide.map((action: string) => action.split(':')[0]))).toEqual(new Set(['s3', 'xray']));
  });
});

describe('the sweeper', () => {
  test('looks every minute', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 minute)' });
  });

  test('reads its environment as it was written', () => {
    expect(jobsEnvironment(environmentOf('Looks')).kinds.size).toBe(1);
  });
});

describe('with webhooks', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const { internalApiKey: internalKey } = new Secrets(stack, 'Secrets');
  const made = new JobQueue(stack, 'Jobs', { kinds: KINDS, internalKey });
  const report = lambda.Function.fromFunctionName(stack, 'Report', 'make-report');
  const processors = { 'reports.make': JobProcessor.function(report) };
  new JobWorker(stack, 'JobWorker', { jobs: made, processors, webhooks: new WebhookQueues(stack, 'Webhooks') });
  const told = Template.fromStack(stack);

  test.each(['Works', 'Looks'])('the function that %s after jobs is told where to publish their ends', (what) => {
    expect(functionOf(what, told).Environment).toMatchObject({
      Variables: {
        WEBHOOK_TABLE: expect.anything(),
        WEBHOOK_KEY_ID: expect.anything(),
        WEBHOOK_FANOUT_QUEUE_URL: expect.anything(),
      },
    });
  });

  // CDK leaves a part of a path out that the one before ends with.
  test.each(['JobWorkerRole', 'JobWorkerSweeperRole'])(
    '%s may send to the queue of messages alone, and opens no secret of an endpoint',
    (role) => {
      const statements = statementsOf(told, role);
      const sends = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('WebhooksFanOut'));
      const seals = statements.filter(({ Condition }) => JSON.stringify(Condition ?? {}).includes('EncryptionContext'));

      expect(sends).toMatchObject([{ Action: 'sqs:SendMessage' }]);
      expect(JSON.stringify(statements)).not.toMatch(/Webhooks(Deliver|Quarantine)/);
      expect(seals).toMatchObject([{ Action: 'kms:GenerateDataKey' }]);
    },
  );
});

test('with a store of another stack no other is made, and the policies of its results are taken', () => {
  const app = new App();
  const data = new Stack(app, 'Data');
  const { stack } = jobs({ queue: { store: new JobStore(data, 'Jobs') } }, app);

  Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::Table', 0);
  expect(JSON.stringify(Template.fromStack(data).findOutputs('*'))).toContain('WriteResults');
});

describe('processors', () => {
  const expectRefusal = (worker: JobsOptions['worker'], message: string) => expect(() => jobs({ worker })).toThrow(message);
  const http = JobProcessor.http('/internal/jobs/reports');

  test.each<[JobsOptions['worker'], string]>([
    [{ processors: {} }, 'processors must be for reports.make, got none; name one for reports.make'],
    [
      { processors: { 'reports.make': http, other: http } },
      'processors must be for reports.make, got reports.make, other; add other to kinds, or leave it out',
    ],
    [
      { processors: { 'reports.make': http } },
      'processors.reports.make must name the service of /internal/jobs/reports, got none; pass it as the second argument of JobProcessor.http()',
    ],
    [{ batchSize: 11 }, 'batchSize must be a whole number from 1 to 10, got 11; more workers take more, see scaling'],
  ])('must be one a kind: %#', (worker, message) => {
    expectRefusal(worker, `Stack/JobWorker: ${message}`);
  });

  const report = (stack: Stack, timeout: Duration) => {
    const code = lambda.Code.fromInline('exports.handler = async () => ({})');
    return new lambda.Function(stack, 'Report', { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code, timeout });
  };

  test('that are functions must end before the worker does', () => {
    const processor = JobProcessor.function(report(new Stack(new App(), 'Reports'), Duration.minutes(6)));

    expectRefusal(
      { processors: { 'reports.make': processor } },
      'processors.reports.make must end within attemptTimeout (300 seconds), got a timeout of 360; raise attemptTimeout or lower it',
    );
  });

  test('that are functions are called by their plain name', () => {
    const { currentVersion } = report(new Stack(new App(), 'Reports'), Duration.minutes(1));

    expectRefusal(
      { processors: { 'reports.make': JobProcessor.function(currentVersion) } },
      'processors.reports.make must be a function itself, got Reports/Report/CurrentVersion, an alias or a version; hand its function over',
    );
  });
});

test.each([
  [() => JobScaling.onDemand(1), 'JobScaling.onDemand: maxConcurrency must be a whole number from 2 to 1000, got 1; choose one'],
  [() => JobScaling.provisioned(1, 5), 'JobScaling.provisioned: minPollers must be a whole number from 2 to 200, got 1; choose one'],
  [() => JobScaling.provisioned(9, 5), 'JobScaling.provisioned: maxPollers must be a whole number from 9 to 2000, got 5; choose one'],
])('scaling is within what Lambda takes: %#', (make, message) => {
  expect(make).toThrow(message);
});

describe('the alarms', () => {
  const ALARM = 'AWS::CloudWatch::Alarm';
  const made = jobs({ queue: { kinds: [{ name: 'a', retry: { base: Duration.seconds(1), cap: Duration.minutes(10) } }] } });
  made.alarms.addAll();
  const watched = Template.fromStack(made.stack);
  const alarmOf = (says: string) => propertiesOf(watched, ALARM, ({ AlarmDescription }) => String(AlarmDescription).includes(says));

  test('go off for the age of the oldest message beyond an attempt, its longest wait and five minutes', () => {
    expect(alarmOf('wait for too long')).toMatchObject({
      MetricName: 'ApproximateAgeOfOldestMessage',
      Threshold: 300 + 600 + 300,
      EvaluationPeriods: 5,
    });
  });

  test('go off for the first dead letter', () => {
    expect(alarmOf('could not be worked')).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Threshold: 0,
      Statistic: 'Maximum',
    });
  });

  test('go off when no sweep was whole for ten minutes, also when there was none', () => {
    const { Metrics, ...alarm } = alarmOf('is not swept') as { Metrics: { Expression?: string; Period?: number }[] };

    expect(alarm).toMatchObject({ Threshold: 0, EvaluationPeriods: 2, TreatMissingData: 'breaching' });
    // The sweeper ends with an error when a run was not whole.
    expect(Metrics[0].Expression).toBe('FILL(runs, 0) - FILL(failures, 0)');
  });

  test('go off for more than five percent of failed attempts', () => {
    const { Metrics, Threshold } = alarmOf('failed attempts') as { Metrics: { Expression?: string }[]; Threshold: number };

    expect(Threshold).toBe(5);
    expect(Metrics[0].Expression).toBe('IF(attempts >= 20, 100 * FILL(failures, 0) / attempts, 0)');
  });

  test('have a runbook each', () => {
    const pages = Object.values(watched.findResources(ALARM)).map(
      ({ Properties }) => /; runbook (docs\/runbooks\/[\w-]+\.md)$/.exec(Properties.AlarmDescription)?.[1] ?? 'none',
    );

    expect(pages).toHaveLength(4);
    for (const page of pages) {
      const path = join(__dirname, '..', '..', page);
      expect(existsSync(path) && readFileSync(path, 'utf8').length).toBeGreaterThan(300);
    }
  });

  test.each([
    ['Attempts', 'lambda/job-worker/handler.ts', ['job-attempt'], 'runtime/src/jobs/job-runner.ts', ['attempt']],
    ['Failures', 'lambda/job-worker/handler.ts', ['job-attempt'], 'runtime/src/jobs/job-runner.ts', ['outcome', 'failed', 'retried']],
  ])('count %s by what the functions write', (what, handler, written, reported, fields) => {
    const { FilterPattern } = propertiesOf(watched, 'AWS::Logs::MetricFilter', ({ MetricTransformations }) =>
      JSON.stringify(MetricTransformations).includes(`-${what}"`),
    );
    const [handlerText, runtimeText] = [handler, reported].map((file) => readFileSync(join(__dirname, '..', '..', file), 'utf8'));

    for (const word of [...written, ...fields]) expect(FilterPattern).toContain(word);
    for (const word of written) expect(handlerText).toContain(word);
    for (const word of fields) expect(runtimeText).toContain(word);
  });

  test('the basic ones need no metric of their own', () => {
    const { alarms, stack } = jobs();
    alarms.addBasic();

    Template.fromStack(stack).resourceCountIs(ALARM, 3);
    Template.fromStack(stack).resourceCountIs('AWS::Logs::MetricFilter', 0);
  });

  test('take thresholds and actions', () => {
    const { alarms, stack } = jobs();
    alarms.addDeadLetters({ threshold: 3, actions: [{ bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-west-1:111111111111:oncall' }) }] });

    Template.fromStack(stack).hasResourceProperties(ALARM, {
      Threshold: 3,
      AlarmActions: ['arn:aws:sns:eu-west-1:111111111111:oncall'],
    });
  });

  test('are made by name', () => {
    expect(JobQueueAlarms.of(jobs().worker).addSweeperLag().alarmName).toBeDefined();
  });
});
