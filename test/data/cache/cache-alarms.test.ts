import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { CacheAlarms } from '../../../lib/data/cache';
import { metricsOf, type Properties } from '../../support/service';
import { limiterStore, resultCache } from './builder';

const ALARM = 'AWS::CloudWatch::Alarm';

function alarmsOf(add: () => { stack: Parameters<typeof Template.fromStack>[0] }): Properties[] {
  return Object.values(Template.fromStack(add().stack).findResources(ALARM)).map(({ Properties: found }) => found);
}

const memory = alarmsOf(() => {
  const made = limiterStore();
  CacheAlarms.of(made.store).addMemory();
  return made;
});
const evictions = alarmsOf(() => {
  const made = resultCache({ shards: 2, replicas: 2 });
  CacheAlarms.of(made.cache).addEvictions();
  return made;
});
const cpu = alarmsOf(() => {
  const made = resultCache({ replicas: 0 });
  CacheAlarms.of(made.cache).addEngineCpu();
  return made;
});

/** The node names that an alarm reads, with the store's own name left out. */
function nodesOf(alarm: Properties): (string | undefined)[] {
  const stats = Object.values(metricsOf(alarm)).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat] : []));
  return stats.map(({ Metric }) => {
    const [cluster, node] = Metric.Dimensions as { Name: string; Value: { 'Fn::Join': [string, [unknown, string]] } }[];
    expect(node).toEqual({ Name: 'CacheNodeId', Value: '0001' });
    expect(cluster.Name).toBe('CacheClusterId');
    return cluster.Value['Fn::Join'][1][1];
  });
}

test('warns of a limiter store over 80 percent of its memory for 5 minutes, before it refuses writes', () => {
  expect(memory).toEqual([expect.objectContaining({ Threshold: 80, EvaluationPeriods: 5, ComparisonOperator: 'GreaterThanThreshold' })]);
});

test('reads the memory of each node of a store without cluster mode', () => {
  expect(nodesOf(memory[0])).toEqual(['-001', '-002']);
});

test('takes the fullest node', () => {
  const { expr_1: expression, node1 } = metricsOf(memory[0]);
  expect(expression.Expression).toBe('MAX([node1, node2])');
  expect(node1.MetricStat).toMatchObject({ Stat: 'Maximum', Period: 60, Metric: { MetricName: 'DatabaseMemoryUsagePercentage' } });
});

test('watches the evictions of each shard of a cache in cluster mode', () => {
  expect(evictions.map(nodesOf)).toEqual([
    ['-0001-001', '-0001-002', '-0001-003'],
    ['-0002-001', '-0002-002', '-0002-003'],
  ]);
});

test('warns of more than 1,000 evictions a minute for 15 minutes', () => {
  expect(evictions[0]).toMatchObject({ Threshold: 1000, EvaluationPeriods: 15 });
});

test('warns of an engine over 80 percent of its CPU for 5 minutes', () => {
  expect(cpu).toEqual([expect.objectContaining({ Threshold: 80, EvaluationPeriods: 5 })]);
  expect(nodesOf(cpu[0])).toEqual(['-001']);
});

test('is quiet while a node that a shard does not have yet tells nothing', () => {
  expect([...memory, ...evictions, ...cpu].map(({ TreatMissingData }) => TreatMissingData)).toEqual(Array(4).fill('notBreaching'));
});

test('takes another threshold and an action', () => {
  const { stack, store } = limiterStore();
  const action = { bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-west-1:111111111111:operators' }) };

  CacheAlarms.of(store).addMemory({ threshold: 70, actions: [action] });

  Template.fromStack(stack).hasResourceProperties(ALARM, { Threshold: 70, AlarmActions: [action.bind().alarmActionArn] });
});

test('refuses to watch evictions where nothing is evicted', () => {
  expect(() => CacheAlarms.of(limiterStore().store).addEvictions()).toThrow(
    'Stack/Limits: addEvictions must be for a store that evicts, got noeviction; watch it by addMemory',
  );
});

test('names a runbook that exists in every alarm', () => {
  const pages = [...memory, ...evictions, ...cpu].map(({ AlarmDescription }) => String(AlarmDescription).split('runbook ')[1]);
  expect(pages.filter((page) => !existsSync(join(__dirname, '../../..', page)))).toEqual([]);
});
