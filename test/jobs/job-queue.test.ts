import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import type { JobKind } from 'plinth';
import { jobKinds } from 'plinth-runtime/jobs';
import { parseConfig } from '../../gateway/config';
import { kindConfiguration } from '../../lib/jobs/job-kind';
import { evaluate } from '../service/firewall-evaluator';
import { propertiesOf } from '../support/service';
import { jobs, jobsTemplate, platformWithJobs, readable, templateOf } from './support';

const QUEUE = 'AWS::SQS::Queue';

describe('the queue', () => {
  const template = jobsTemplate({ queue: { attemptTimeout: Duration.minutes(10), maxReceiveCount: 3 } });

  test('CTX-4.4 is a standard queue, fair by message group, that sends what fails 5 times away', () => {
    const properties = propertiesOf(jobsTemplate(), QUEUE, ({ RedrivePolicy }) => RedrivePolicy !== undefined);

    expect(properties).toMatchObject({ RedrivePolicy: { maxReceiveCount: 5 } });
    expect(properties).not.toHaveProperty('FifoQueue');
  });

  test('hides a message for six times as long as the worker has for it', () => {
    template.hasResourceProperties(QUEUE, { VisibilityTimeout: 3600, RedrivePolicy: Match.objectLike({ maxReceiveCount: 3 }) });
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 600, Environment: Match.objectLike({}) });
  });

  test('keeps failed messages for fourteen days, from where they can be sent back', () => {
    template.hasResourceProperties(QUEUE, { MessageRetentionPeriod: 1_209_600, RedriveAllowPolicy: { redrivePermission: 'allowAll' } });
  });

  test('REC-13.2 encrypts messages and takes none without TLS', () => {
    template.allResourcesProperties(QUEUE, { SqsManagedSseEnabled: true });
    template.resourcePropertiesCountIs(
      'AWS::SQS::QueuePolicy',
      { PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] } },
      2,
    );
  });
});

describe('kinds', () => {
  const expectRefusal = (kinds: JobKind[], message: string) => expect(() => jobs({ queue: { kinds } })).toThrow(message);

  test('are told to the runtime with every field, which takes them', () => {
    const kind: JobKind = {
      name: 'reports.make',
      maxAttempts: 3,
      lease: Duration.seconds(30),
      deadline: Duration.minutes(10),
      maxDeadline: Duration.hours(1),
      retry: { base: Duration.seconds(1), cap: Duration.minutes(15) },
      estimate: Duration.seconds(5),
    };

    expect(jobKinds([kindConfiguration(kind)]).get('reports.make')).toEqual({
      name: 'reports.make',
      maxAttempts: 3,
      leaseMs: 30_000,
      deadlineMs: 600_000,
      maxDeadlineMs: 3_600_000,
      retry: { baseMs: 1_000, capMs: 900_000 },
      estimateMs: 5_000,
    });
  });

  test('have the defaults of the runtime where they say nothing', () => {
    const read = JSON.parse(JSON.stringify(kindConfiguration({ name: 'reports.make' })));

    expect(jobKinds([read]).get('reports.make')).toMatchObject({ maxAttempts: 5, leaseMs: 60_000, deadlineMs: 3_600_000 });
  });

  test.each<[Partial<JobKind>, string]>([
    [{ name: 'Reports' }, 'kinds.name must be a name that matches ^[a-z0-9][a-z0-9._-]{0,63}$, got Reports; rename the kind'],
    [{ maxAttempts: 21 }, 'kinds.a.maxAttempts must be a whole number from 1 to 20, got 21; choose one in that range'],
    [{ lease: Duration.hours(2) }, 'kinds.a.lease must be 1 second to 1 hour, got 2 hours; workers tell of themselves within it'],
    [{ deadline: Duration.days(2) }, 'kinds.a.deadline must be 1 second to 1 day, got 2 days; lower deadline or raise maxDeadline'],
    [{ maxDeadline: Duration.minutes(5) }, 'kinds.a.deadline must be 1 second to 5 minutes, got 1 hour; lower deadline'],
    [{ maxDeadline: Duration.days(8) }, 'kinds.a.maxDeadline must be 1 second to 7 days, got 8 days; split longer work into jobs'],
    [
      { retry: { base: Duration.seconds(9), cap: Duration.seconds(3) } },
      'kinds.a.retry.base must be 0 millis to 3 seconds, got 9 seconds; lower base or raise cap',
    ],
    [
      { retry: { base: Duration.seconds(1), cap: Duration.minutes(16) } },
      "kinds.a.retry.cap must be 0 millis to 15 minutes, got 16 minutes; lower it to a message's longest delay",
    ],
    [
      { events: { failed: 'job.failed' } },
      'kinds.a.events.failed must be two to four words with dots, the first not job, got job.failed; name it such as document.completed',
    ],
    [{ estimate: Duration.days(8) }, 'kinds.a.estimate must be 1 milli to 7 days, got 8 days; say what a job takes'],
  ])('that the runtime would refuse are an error: %o', (kind, message) => {
    expectRefusal([{ name: 'a', ...kind }], `Stack/Jobs: ${message}`);
  });

  test.each<[JobKind[], string]>([
    [[], 'kinds must be 1 to 10 kinds, got 0; name one'],
    [Array.from({ length: 11 }, (_, at) => ({ name: `kind${at}` })), 'got 11; make another queue for the rest'],
    [[{ name: 'a' }, { name: 'a' }], 'kinds must be of different names, got a twice; rename one'],
  ])('must be a few of different names: %o', (kinds, message) => {
    expectRefusal(kinds, message);
  });
});

test.each([
  [{ attemptTimeout: Duration.minutes(16) }, 'attemptTimeout must be whole seconds from 10 to 900, got 960 seconds; split'],
  [{ attemptTimeout: Duration.seconds(5) }, 'attemptTimeout must be whole seconds from 10 to 900, got 5 seconds; split'],
  [{ maxReceiveCount: 0 }, 'maxReceiveCount must be a whole number from 1 to 1000, got 0; choose one in that range'],
])('refuses %o', (queue, message) => {
  expect(() => jobs({ queue })).toThrow(message);
});

describe('the gateway of a platform with jobs', () => {
  const stage = platformWithJobs();
  const service = templateOf(stage, 'Service');
  const [task] = Object.values(service.findResources('AWS::ECS::TaskDefinition'));
  const gateway = task.Properties.ContainerDefinitions.find(({ Name }: { Name: string }) => Name === 'gateway');

  test('CTX-4.1 is told of the table, the queue, the kinds and the bucket as it reads them', () => {
    const configuration = gateway.Environment.find(({ Name }: { Name: string }) => Name === 'PLINTH_GATEWAY').Value;
    const text = readable(configuration).replace('"queueUrl":"deployed"', '"queueUrl":"https://sqs.eu-west-1.amazonaws.com/1/jobs"');

    const { jobs: told } = parseConfig(text);

    expect(told).toMatchObject({ region: 'eu-west-1', kinds: [{ name: 'recommend' }], table: 'deployed', resultBucket: 'deployed' });
    expect(jobKinds(told!.kinds).size).toBe(1);
  });

  test('has the key that cursors are signed with', () => {
    expect(gateway.Secrets).toEqual([{ Name: 'INTERNAL_API_KEY', ValueFrom: expect.anything() }]);
  });

  test('may send to the queue, and receive nothing from it', () => {
    const policies = JSON.stringify(service.findResources('AWS::IAM::ManagedPolicy'));

    expect(policies.match(/"sqs:\w+"/g)).toEqual(['"sqs:SendMessage"']);
  });

  test.each([
    ['a worker that signs', 500, { 'x-job-signature': 't=1,v1=00' }, 'allow'],
    ['who shows nothing', 500, {}, 'block'],
  ])('lets %s call %i times a minute past the firewall: %o %s', (_who, sentLastMinute, headers, action) => {
    expect(evaluate(service, { path: '/internal/jobs/recommend', sentLastMinute, headers }).action).toBe(action);
  });

  test.each([
    ['/v1/jobs/batch', 1_048_576, 'allow'],
    ['/v1/jobs/batch', 1_048_577, 'block'],
    ['/v1/jobs', 65_536, 'allow'],
    ['/v1/jobs', 65_537, 'block'],
  ])('CTX-3.1 takes as much through the firewall as the routes do: %s of %i bytes', (path, length, action) => {
    const headers = { 'x-api-key': 'plk_a_b', 'content-length': String(length) };

    expect(evaluate(service, { path, headers }).action).toBe(action);
  });
});
