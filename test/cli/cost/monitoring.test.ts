import { billOf, costOf, gapsOf, resource, type Resources } from './builder';

const group = (more: { readonly [name: string]: unknown } = {}) => resource('AWS::Logs::LogGroup', { RetentionInDays: 30, ...more });
const alarm = (properties: { readonly [name: string]: unknown }) => resource('AWS::CloudWatch::Alarm', { Period: 60, ...properties });
const query = (Period = 60) => ({ Id: 'm', MetricStat: { Metric: { MetricName: 'RequestCount' }, Period, Stat: 'Sum' } });

test('prices what is written to a log group and what is kept of it', () => {
  expect(billOf('Logs', { Logs: group() }, { otherLogGb: 10, logCompression: 0.2 })).toEqual([
    '10 GB of other logs x 0.5 = 5',
    '10 GB x 0.99 months x 0.2 compressed x 0.03 = 0.0594',
  ]);
});

test('counts logs that never expire as a year of them', () => {
  expect(billOf('Logs', { Logs: group({ RetentionInDays: undefined }) }, { otherLogGb: 1 })[1]).toBe(
    '1 GB x 12 months x 0.15 compressed x 0.03 = 0.054',
  );
});

test('halves ingestion of infrequent access', () => {
  expect(billOf('Logs', { Logs: group({ LogGroupClass: 'INFREQUENT_ACCESS' }) }, { otherLogGb: 1 })[0]).toBe(
    '1 GB of other logs x 0.25 = 0.25',
  );
});

const name = { Ref: 'Logs' };
const WRITERS: readonly (readonly [string, Resources[string]])[] = [
  [
    '0.365 GB of container logs',
    resource('AWS::ECS::TaskDefinition', { ContainerDefinitions: [{ LogConfiguration: { Options: { 'awslogs-group': name } } }] }),
  ],
  ['2 GB of flow logs', resource('AWS::EC2::FlowLog', { LogGroupName: name })],
  [
    '3 GB of firewall logs',
    resource('AWS::WAFv2::LoggingConfiguration', { LogDestinationConfigs: [{ 'Fn::Join': ['', ['arn:', name]] }] }),
  ],
  ['4 GB of audit logs', resource('AWS::CloudTrail::Trail', { CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': ['Logs', 'Arn'] } })],
  [
    '5 GB of cache logs',
    resource('AWS::ElastiCache::ReplicationGroup', {
      LogDeliveryConfigurations: [{ DestinationDetails: { CloudWatchLogsDetails: { LogGroup: name } } }],
    }),
  ],
  ['6 GB of function logs', resource('AWS::Lambda::Function', { LoggingConfig: { LogGroup: name } })],
];

test.each(WRITERS)('knows by its writer that a group takes %s', (basis, Writer) => {
  const usage = {
    requestsPerDay: 12_000,
    containerLogKbPerRequest: 1,
    flowLogGb: 2,
    firewallLogGb: 3,
    trailLogGb: 4,
    cacheLogGb: 5,
    functionLogGb: 6,
  };

  expect(billOf('Logs', { Writer, Logs: group() }, usage)[0]).toContain(`${basis} x 0.5`);
});

test('knows the log group of a database by its name', () => {
  expect(billOf('Logs', { Logs: group({ LogGroupName: '/aws/rds/instance/orders/postgresql' }) }, { databaseLogGb: 7 })[0]).toBe(
    '7 GB of database logs x 0.5 = 3.5',
  );
});

test('shares the flow logs of a stage over their groups', () => {
  const resources = {
    Flow1: resource('AWS::EC2::FlowLog', { LogGroupName: { Ref: 'Logs1' } }),
    Flow2: resource('AWS::EC2::FlowLog', { LogGroupName: { Ref: 'Logs2' } }),
    Logs1: group(),
    Logs2: group(),
  };

  expect(billOf('Logs1', resources, { flowLogGb: 8 })[0]).toBe('4 GB of flow logs x 0.5 = 2');
});

test('prices no log group that nothing is written to', () => {
  expect(costOf({ Logs: group() }, { otherLogGb: 0 }).lines).toEqual([]);
});

test.each([
  ['a plain alarm', alarm({ MetricName: 'CPUUtilization' }), '1 alarm metric x 0.1 = 0.1'],
  ['math over two metrics', alarm({ Metrics: [{ Id: 'sum', Expression: 'a + b' }, query(), query()] }), '2 alarm metrics x 0.1 = 0.2'],
  ['a period under a minute', alarm({ MetricName: 'CPUUtilization', Period: 10 }), '1 alarm metric x 0.3 = 0.3'],
  ['math over periods under a minute', alarm({ Metrics: [query(60), query(10)] }), '2 alarm metrics x 0.3 = 0.6'],
  ['an anomaly', alarm({ Metrics: [{ Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(m, 2)' }, query()] }), '3 alarm metrics x 0.1 = 0.3'],
])('prices %s by its metrics', (_, one, line) => {
  expect(billOf('Alarm', { Alarm: one })).toEqual([line]);
});

test('says that an alarm on a query has no price', () => {
  const one = alarm({ Metrics: [{ Id: 'q', Expression: 'SELECT MAX(Latency) FROM plinth' }] });

  expect(gapsOf({ Alarm: one })).toEqual(['its query is paid by every metric that it happens to match']);
});

test.each([
  ['AWS::CloudWatch::CompositeAlarm', '1 composite alarm x 0.5 = 0.5'],
  ['AWS::CloudWatch::Dashboard', '1 dashboard x 3 = 3'],
])('prices %s', (type, line) => {
  expect(billOf('One', { One: resource(type) })).toEqual([line]);
});

test('prices the metrics that a filter makes', () => {
  const filter = resource('AWS::Logs::MetricFilter', { MetricTransformations: [{ MetricName: 'a' }, { MetricName: 'b' }] });

  expect(billOf('Filter', { Filter: filter })).toEqual(['2 metrics x 0.3 = 0.6']);
});
