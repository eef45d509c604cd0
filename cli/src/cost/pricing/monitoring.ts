import { charges, type Charge, counted, type Gap } from '../charge';
import { DAYS } from '../price';
import { PRICES } from '../prices';
import type { Pricer, Surroundings } from '../pricer';
import type { StageResource } from '../stage-resources';
import { millionRequests } from '../usage';
import { at, numberIn, objectsIn } from '../values';
import { logGroupsOf } from './containers';

const charge = charges('CloudWatch', 'logs and metrics');

/** What never expires is counted as a year of it. */
const LONGEST_RETENTION_DAYS = 365;

/** What is written into it, and what of that is kept. */
export const logGroup: Pricer = (group, surroundings) => {
  const { gb, what } = written(group, surroundings);
  if (gb === 0) return [];
  const days = numberIn(group.properties.RetentionInDays) ?? LONGEST_RETENTION_DAYS;
  const months = Number((days / DAYS).toFixed(2));
  const infrequent = group.properties.LogGroupClass === 'INFREQUENT_ACCESS';
  return [
    charge(infrequent ? PRICES.logIngestionInfrequent : PRICES.logIngestion, [gb, `GB ${what}`]),
    charge(PRICES.logStorage, [gb, 'GB'], [months, 'months'], [surroundings.usage.logCompression, 'compressed']),
  ];
};

/** A template does not say how much is logged, but it says by whom. */
function written(group: StageResource, { usage, stage }: Surroundings): { gb: number; what: string } {
  const by = (type: string, where: (writer: StageResource) => unknown) =>
    stage.ofType(type).some((writer) => stage.mentions(where(writer), group));
  const every = (type: string, where: (writer: StageResource) => unknown) =>
    Math.max(
      1,
      stage.ofType('AWS::Logs::LogGroup').filter((other) => stage.ofType(type).some((writer) => stage.mentions(where(writer), other)))
        .length,
    );
  const flow = ({ properties }: StageResource) => [properties.LogGroupName, properties.LogDestination];
  const firewall = ({ properties }: StageResource) => properties.LogDestinationConfigs;

  if (by('AWS::ECS::TaskDefinition', logGroupsOf)) {
    return { gb: millionRequests(usage) * usage.containerLogKbPerRequest, what: 'of container logs' };
  }
  if (by('AWS::EC2::FlowLog', flow)) return { gb: usage.flowLogGb / every('AWS::EC2::FlowLog', flow), what: 'of flow logs' };
  if (by('AWS::WAFv2::LoggingConfiguration', firewall)) {
    return { gb: usage.firewallLogGb / every('AWS::WAFv2::LoggingConfiguration', firewall), what: 'of firewall logs' };
  }
  if (by('AWS::CloudTrail::Trail', ({ properties }) => properties.CloudWatchLogsLogGroupArn)) {
    return { gb: usage.trailLogGb, what: 'of audit logs' };
  }
  if (by('AWS::ElastiCache::ReplicationGroup', ({ properties }) => properties.LogDeliveryConfigurations)) {
    return { gb: usage.cacheLogGb, what: 'of cache logs' };
  }
  if (by('AWS::Lambda::Function', ({ properties }) => properties.LoggingConfig)) {
    return { gb: usage.functionLogGb, what: 'of function logs' };
  }
  if (nameOf(group).startsWith('/aws/rds/')) return { gb: usage.databaseLogGb, what: 'of database logs' };
  return { gb: usage.otherLogGb, what: 'of other logs' };
}

function nameOf({ properties: { LogGroupName } }: StageResource): string {
  const first: unknown = at(LogGroupName, 'parts', '0') ?? LogGroupName;
  return typeof first === 'string' ? first : '';
}

const HIGH_RESOLUTION_SECONDS = 60;
const METRICS_OF_AN_ANOMALY = 3;

/** Paid by the metrics that it reads: math over two target groups is more than one. */
export const alarm: Pricer = ({ properties }): (Charge | Gap)[] => {
  const queries = objectsIn(properties.Metrics);
  const read = queries.filter(({ MetricStat }) => MetricStat !== undefined);
  const expressions = queries.map(({ Expression }) => (typeof Expression === 'string' ? Expression : ''));
  if (expressions.some((expression) => /^\s*select\b/i.test(expression))) {
    return [{ reason: 'its query is paid by every metric that it happens to match' }];
  }
  const periods = [properties, ...read.map(({ MetricStat }) => MetricStat)].map(
    (one) => numberIn(at(one, 'Period')) ?? HIGH_RESOLUTION_SECONDS,
  );
  const bands = expressions.some((expression) => expression.includes('ANOMALY_DETECTION_BAND')) ? METRICS_OF_AN_ANOMALY : 1;
  const metrics = Math.max(1, read.length) * bands;
  const fast = periods.some((period) => period < HIGH_RESOLUTION_SECONDS);
  return [charge(fast ? PRICES.alarmHighResolution : PRICES.alarm, counted(metrics, 'alarm metric'))];
};

export const compositeAlarm: Pricer = () => [charge(PRICES.compositeAlarm, [1, 'composite alarm'])];

export const dashboard: Pricer = () => [charge(PRICES.dashboard, [1, 'dashboard'])];

/** Every metric that it makes, as if it always had data. */
export const metricFilter: Pricer = ({ properties }) => [
  charge(PRICES.metric, counted(Math.max(1, objectsIn(properties.MetricTransformations).length), 'metric')),
];
