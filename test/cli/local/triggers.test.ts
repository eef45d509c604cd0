import { containersOf } from '../../../cli/src/local/model/services';
import { needsElsewhere } from '../../../cli/src/local/triggers/needs';
import { runSchedule } from '../../../cli/src/local/triggers/schedule';
import { triggersOf } from '../../../cli/src/local/triggers/triggers';
import { usedIn } from '../../../cli/src/local/triggers/used';
import { HandClock, stageModel } from './support';

const called = (variables: object = {}, role: object = {}) => ({
  Work: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Environment: { Variables: variables } } },
  Role: { Type: 'AWS::IAM::Role', Properties: role },
});
const work = { 'Fn::GetAtt': ['Work', 'Arn'] };
const queue = { Queue: { Type: 'AWS::SQS::Queue' } };
const source = (properties: object = {}) => ({
  Source: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Work' }, ...properties },
  },
});
const schedule = (properties: object = {}, target: object = {}) => ({
  Schedule: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: { ScheduleExpression: 'rate(5 minutes)', Target: { Arn: work, ...target }, ...properties },
  },
});
const allows = (...actions: string[]) => ({ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } });

describe('event sources', () => {
  test('are read with the numbers of Lambda where the template gives none', () => {
    const [one] = triggersOf(stageModel({ ...queue, ...called(), ...source() })).eventSources;

    expect(one).toMatchObject({ batchSize: 10, windowMs: 0, concurrency: 5, reportsFailures: false });
    expect([one.queue.id, one.called.id]).toEqual(['Queue', 'Work']);
  });

  test('are read with the numbers of the template', () => {
    const given = {
      BatchSize: 3,
      MaximumBatchingWindowInSeconds: 2,
      ScalingConfig: { MaximumConcurrency: 7 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    };

    expect(triggersOf(stageModel({ ...queue, ...called(), ...source(given) })).eventSources).toMatchObject([
      { batchSize: 3, windowMs: 2_000, concurrency: 7, reportsFailures: true },
    ]);
  });

  test('of an alias are of its function', () => {
    const alias = { Live: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Work' } } } };

    const [one] = triggersOf(stageModel({ ...queue, ...called(), ...alias, ...source({ FunctionName: { Ref: 'Live' } }) })).eventSources;

    expect(one.called.id).toBe('Work');
  });

  test.each([
    [{ Enabled: false }, 'Source does not run: the template disables it'],
    [
      { EventSourceArn: 'arn:aws:kinesis:x' },
      'Source does not run: its source must be a queue and its target a function on Node.js, both of the assembly',
    ],
  ])('with %j do not run, which is told', (properties, note) => {
    const { eventSources, notes } = triggersOf(stageModel({ ...queue, ...called(), ...source(properties) }));

    expect([eventSources, notes]).toEqual([[], [note]]);
  });

  test('of a function on another runtime do not run, which is told', () => {
    const { Role, Work } = called();
    const other = { Work: { ...Work, Properties: { ...Work.Properties, Runtime: 'python3.13' } } };

    expect(triggersOf(stageModel({ ...queue, Role, ...other, ...source() })).notes).toEqual([
      'Source does not run: its source must be a queue and its target a function on Node.js, both of the assembly',
    ]);
  });

  test('run though their function needs what is not here, or a filter is not applied, which is told', () => {
    const role = { Policies: [allows('sns:Publish')] };
    const { eventSources, notes } = triggersOf(stageModel({ ...queue, ...called({}, role), ...source({ FilterCriteria: {} }) }));

    expect(eventSources).toHaveLength(1);
    expect(notes).toEqual([
      'Source takes every message: its FilterCriteria is not applied here',
      'Work needs sns:Publish, which nothing local stands for',
    ]);
  });
});

describe('schedules', () => {
  test.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(2 hours)', 7_200_000],
    ['rate(1 day)', 86_400_000],
  ])('%s calls every %d ms', (ScheduleExpression, everyMs) => {
    expect(triggersOf(stageModel({ ...called(), ...schedule({ ScheduleExpression }) })).schedules).toMatchObject([{ everyMs }]);
  });

  test.each(['cron(0 2 * * ? *)', 'at(2027-01-01T00:00:00)'])('%s is not called, which is told', (ScheduleExpression) => {
    const { schedules, notes } = triggersOf(stageModel({ ...called(), ...schedule({ ScheduleExpression }) }));

    expect(schedules).toEqual([]);
    expect(notes).toEqual([`Work is not called by the clock: its schedule must be a rate to run here, got ${ScheduleExpression}`]);
  });

  test('of a rule call each of its functions', () => {
    const Rule = {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: 'rate(1 hour)', Targets: [{ Arn: work, Id: 'x', Input: '{"a":1}' }] },
    };

    expect(triggersOf(stageModel({ ...called(), Rule })).schedules).toMatchObject([{ everyMs: 3_600_000, input: '{"a":1}' }]);
  });

  test('that are disabled are none', () => {
    expect(triggersOf(stageModel({ ...called(), ...schedule({ State: 'DISABLED' }) }))).toMatchObject({ schedules: [], notes: [] });
  });

  test('do not call what needs more than is here, which is told', () => {
    const role = { Policies: [allows('rds:ModifyDBInstance', 'rds:DescribeEvents', 'logs:PutLogEvents')] };
    const { schedules, notes } = triggersOf(stageModel({ ...called({}, role), ...schedule() }));

    expect(schedules).toEqual([]);
    expect(notes).toEqual([
      'Work is not called by the clock: it needs rds:DescribeEvents, rds:ModifyDBInstance, which nothing local stands for',
    ]);
  });
});

describe('what a function needs elsewhere', () => {
  const needs = (variables: object, role: object, more: object = {}) => {
    const model = stageModel({ ...called(variables, role), ...queue, ...more });
    return needsElsewhere(model, model.ofType('AWS::Lambda::Function')[0]);
  };

  test('is nothing for queues, tables, buckets, secrets, calls of functions, and what every function has', () => {
    const actions = [
      'dynamodb:Query',
      'sqs:SendMessage',
      's3:PutObject',
      'secretsmanager:GetSecretValue',
      'lambda:InvokeFunction',
      'logs:PutLogEvents',
      'xray:PutTraceSegments',
      'ec2:CreateNetworkInterface',
      'ec2:DescribeSubnets',
      'kms:Decrypt',
      'kms:GenerateDataKey*',
      'kms:ReEncryptFrom',
    ];
    const ManagedPolicyArns = [
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']] },
    ];

    expect(needs({ QUEUE_URL: { Ref: 'Queue' } }, { ManagedPolicyArns, Policies: [allows(...actions)] })).toEqual([]);
  });

  test.each(['secretsmanager:PutSecretValue', 'cloudwatch:PutMetricData', 'kms:Sign', '*', 'lambda:UpdateFunctionCode'])(
    'is %s',
    (action) => {
      expect(needs({}, { Policies: [allows(action)] })).toEqual([action]);
    },
  );

  test('is in every policy of its role, whichever names the other', () => {
    const more = {
      Inline: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }], ...allows('a:Inline') } },
      OfOther: { Type: 'AWS::IAM::Policy', Properties: { Roles: ['other'], ...allows('a:Other') } },
      Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: allows('a:Managed') },
      Denied: {
        Type: 'AWS::IAM::Policy',
        Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: { Effect: 'Deny', Action: 'a:Denied' } } },
      },
    };
    const ManagedPolicyArns = [{ Ref: 'Managed' }, 'arn:aws:iam::aws:policy/AdministratorAccess'];

    expect(needs({}, { ManagedPolicyArns }, more)).toEqual(['a:Inline', 'a:Managed', 'arn:aws:iam::aws:policy/AdministratorAccess']);
  });

  test('is no key: data keys are made and opened here', () => {
    const allowed = { Policies: [allows('kms:GenerateDataKey', 'kms:Decrypt')] };

    expect(needs({ KEY_ID: { 'Fn::GetAtt': ['Key', 'Arn'] } }, allowed, { Key: { Type: 'AWS::KMS::Key' } })).toEqual([]);
  });

  test('is a resource that its environment names', () => {
    const more = { Topic: { Type: 'AWS::SNS::Topic' } };

    expect(needs({ CONFIG: { 'Fn::Join': ['', ['{"topic":"', { Ref: 'Topic' }, '"}']] } }, {}, more)).toEqual(['AWS::SNS::Topic']);
  });
});

test('what is used is what containers and triggers name, and what the functions of these name', () => {
  const model = stageModel({
    ...called({ TABLE: { Ref: 'Table' }, NEXT: { Ref: 'Next' } }),
    ...queue,
    ...source(),
    Next: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { BUCKET: { Ref: 'Bucket' } } } } },
    Idle: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { QUEUE: { Ref: 'Unused' } } } } },
    Table: { Type: 'AWS::DynamoDB::GlobalTable' },
    Bucket: { Type: 'AWS::S3::Bucket' },
    Unused: { Type: 'AWS::SQS::Queue' },
    Told: { Type: 'AWS::SQS::Queue' },
  });
  const [task] = model.resources;
  const container = { task, environment: [{ Name: 'TOLD', Value: { Ref: 'Told' } }] } as unknown as ReturnType<typeof containersOf>[number];

  const { functions, resources } = usedIn(model, [container], triggersOf(model));

  expect(functions.map(({ id }) => id)).toEqual(['Work', 'Next']);
  expect(resources.map(({ id }) => id).toSorted()).toEqual(['Bucket', 'Next', 'Queue', 'Table', 'Told', 'Work']);
});

describe('the clock', () => {
  function setUp(input?: string, ok = true) {
    const clock = new HandClock();
    const [events, failures]: [unknown[], string[]] = [[], []];
    const stopping = new AbortController();
    const done = runSchedule(
      {
        model: { everyMs: 60_000, input },
        source: { region: 'eu-west-1', arn: 'arn:s' },
        clock,
        invoke: async (event) => {
          events.push(event);
          return ok ? { ok, value: null } : { ok, errorType: 'Error', errorMessage: 'no' };
        },
        onFailure: (message) => void failures.push(message),
      },
      stopping.signal,
    );
    const stop = () => {
      stopping.abort();
      return done;
    };
    return { clock, events, failures, stop };
  }

  test('calls a function once a period, not before the first is over, until it is stopped', async () => {
    const { clock, events, stop } = setUp('{"run":true}');

    expect(events).toEqual([]);
    await clock.pass();
    await clock.pass();
    await stop();

    expect(events).toEqual([{ run: true }, { run: true }]);
    expect(clock.asked).toEqual([60_000, 60_000, 60_000]);
  });

  test('tells a function without input who calls and when', async () => {
    const { clock, events, stop } = setUp();
    await clock.pass();
    await stop();

    expect(events).toMatchObject([{ source: 'aws.scheduler', time: '1970-01-01T00:01:00Z', region: 'eu-west-1', resources: ['arn:s'] }]);
  });

  test('tells of a call that failed, and goes on', async () => {
    const { clock, events, failures, stop } = setUp('{}', false);
    await clock.pass();
    await clock.pass();
    await stop();

    expect([events.length, failures]).toEqual([2, ['Error: no', 'Error: no']]);
  });
});
