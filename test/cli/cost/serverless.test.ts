import { billOf, costOf, gapsOf, resource } from './builder';

const usage = { functionInvocations: 1_000_000, rareFunctionInvocations: 100, functionMs: 1000 };
const fn = (more: { readonly [name: string]: unknown } = {}) =>
  resource('AWS::Lambda::Function', { MemorySize: 1024, Architectures: ['arm64'], ...more });
const source = {
  Source: resource('AWS::Lambda::EventSourceMapping', { FunctionName: { Ref: 'Fn' }, EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }),
};

test('prices a function that events call by invocations and GB-seconds', () => {
  expect(billOf('Fn', { Fn: fn(), ...source }, usage)).toEqual([
    '1 million invocations x 0.2 = 0.2',
    '1000000 invocations x 1 s x 1 GB x 0.0000133334 = 13.3334',
  ]);
});

test('prices an x86 function at its own price', () => {
  expect(billOf('Fn', { Fn: fn({ Architectures: undefined }), ...source }, usage)[1]).toBe(
    '1000000 invocations x 1 s x 1 GB x 0.0000166667 = 16.6667',
  );
});

test('counts a function that no event calls as called now and then', () => {
  expect(billOf('Fn', { Fn: fn() }, usage)[1]).toContain('100 invocations');
});

const schedule = (ScheduleExpression: string) => ({
  Schedule: resource('AWS::Scheduler::Schedule', { ScheduleExpression, Target: { Arn: { 'Fn::GetAtt': ['Fn', 'Arn'] } } }),
});

test.each([
  ['rate(5 minutes)', '8760 invocations'],
  ['rate(1 hour)', '730 invocations'],
  ['cron(0 2 * * ? *)', '30.4167 invocations'],
  ['cron(0/5 8-17 ? * MON-FRI *)', '1000000 invocations'],
])('counts a function that is called by %s as %s', (expression, invocations) => {
  expect(billOf('Fn', { Fn: fn(), ...schedule(expression) }, usage)[1]).toContain(invocations);
});

test('adds up the schedules of a function', () => {
  const both = { ...schedule('rate(1 hour)'), Other: schedule('rate(1 day)').Schedule };

  expect(billOf('Fn', { Fn: fn(), ...both }, usage)[1]).toContain('760.417 invocations');
});

test('prices the traces of a function', () => {
  expect(billOf('Fn', { Fn: fn({ TracingConfig: { Mode: 'Active' } }), ...source }, usage)[2]).toBe('1 million traces x 5 = 5');
});

test.each([
  ['the price of its larger disk is not in the table', fn({ EphemeralStorage: { Size: 2048 } })],
  ['the price of provisioned concurrency is not in the table', resource('AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: {} })],
  [
    'the price of provisioned pollers of anything but a queue is not in the table',
    resource('AWS::Lambda::EventSourceMapping', { ProvisionedPollerConfig: {} }),
  ],
  ['the price of provisioned capacity is not in the table', resource('AWS::DynamoDB::Table', { BillingMode: 'PROVISIONED' })],
])('says that %s', (reason, one) => {
  expect(gapsOf({ One: one })).toEqual([reason]);
});

test('prices the polling of a queue, busy or not', () => {
  expect(billOf('Source', { Fn: fn(), Queue: resource('AWS::SQS::Queue'), ...source })).toEqual([
    '5 pollers x 0.00018 million polls an hour x 730 h x 0.4 = 0.2628',
  ]);
});

test.each([
  [{ MinimumPollers: 10, MaximumPollers: 100 }, '10 pollers that stand ready x 730 h x 0.00925 = 67.525'],
  [{}, '2 pollers that stand ready x 730 h x 0.00925 = 13.505'],
])('prices the pollers %j that stand ready by the hour, besides what they ask', (ProvisionedPollerConfig, line) => {
  const provisioned = { ...source.Source, Properties: { ...source.Source.Properties, ProvisionedPollerConfig } };
  const [standing, polls] = billOf('Source', { Fn: fn(), Queue: resource('AWS::SQS::Queue'), Source: provisioned });

  expect(standing).toBe(line);
  expect(polls).toMatch(/^(?:10|2) pollers x 0.00018 million polls an hour x 730 h x 0.4 = /);
});

test('says that the price of a poller is from memory', () => {
  const provisioned = { ...source.Source, Properties: { ...source.Source.Properties, ProvisionedPollerConfig: {} } };
  const lines = costOf({ Fn: fn(), Queue: resource('AWS::SQS::Queue'), Source: provisioned }).lines;

  expect(lines.filter(({ basis }) => basis.includes('stand ready')).map(({ unverified }) => unverified)).toEqual([true]);
});

test('prices no polling of a stream', () => {
  expect(costOf({ ...source }).lines).toEqual([]);
});

test.each([
  [false, '2 million requests x 0.4 = 0.8'],
  [true, '2 million requests x 0.5 = 1'],
])('prices a queue with order %s', (FifoQueue, line) => {
  expect(billOf('Queue', { Queue: resource('AWS::SQS::Queue', { FifoQueue }) }, { queueMillionRequests: 2 })).toEqual([line]);
});

test('prices no request of a dead-letter queue', () => {
  const RedrivePolicy = { deadLetterTargetArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, maxReceiveCount: 5 };
  const queues = { Queue: resource('AWS::SQS::Queue'), Other: resource('AWS::SQS::Queue', { RedrivePolicy }) };

  expect(billOf('Queue', queues)).toEqual([]);
  expect(billOf('Other', queues, { queueMillionRequests: 2 })).toEqual(['2 million requests x 0.4 = 0.8']);
});

test('prices a topic', () => {
  expect(billOf('Topic', { Topic: resource('AWS::SNS::Topic') }, { topicMillionRequests: 2 })).toEqual(['2 million requests x 0.5 = 1']);
});

test('prices the objects of a bucket and writing them', () => {
  expect(billOf('Bucket', { Bucket: resource('AWS::S3::Bucket') }, { bucketGb: 100, bucketWrites: 200_000 })).toEqual([
    '100 GB x 0.023 = 2.3',
    '0.2 million writes x 5 = 1',
  ]);
});

const tableUsage = { tableGb: 10, tableMillionWrites: 2, tableMillionReads: 4 };

test('prices a table on demand with its indexes and point-in-time recovery', () => {
  const table = resource('AWS::DynamoDB::Table', {
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [{ IndexName: 'due' }],
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });

  expect(billOf('Table', { Table: table }, tableUsage)).toEqual([
    '1 region x 10 GB x 0.25 = 2.5',
    '1 region x 10 GB restorable x 0.2 = 2',
    '1 region x 2 table and indexes x 2 million writes x 0.625 = 2.5',
    '4 million reads x 0.125 = 0.5',
  ]);
});

test('prices a table in every region of its replicas', () => {
  const table = resource('AWS::DynamoDB::GlobalTable', {
    BillingMode: 'PAY_PER_REQUEST',
    Replicas: [{ Region: 'us-east-1', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }, { Region: 'eu-west-1' }],
  });

  expect(billOf('Table', { Table: table }, tableUsage)).toEqual([
    '2 regions x 10 GB x 0.25 = 5',
    '2 regions x 10 GB restorable x 0.2 = 4',
    '2 regions x 1 table x 2 million writes x 0.625 = 2.5',
    '4 million reads x 0.125 = 0.5',
  ]);
});
