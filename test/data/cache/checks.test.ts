import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Durability, LimiterStore, ResultCache, type ResultCacheProps } from '../../../lib/data/cache';
import { limiterStore, resultCache, vpcOf } from './builder';

const log = Durability.synchronousLog();
const m7g = 'cache.m7g.large';
const CACHE_FAULTS: [string, Partial<ResultCacheProps>, string][] = [
  [
    'a node type of another service',
    { nodeType: 'db.t4g.medium' },
    'nodeType must be a node type of ElastiCache, got db.t4g.medium; write it as cache.t4g.medium',
  ],
  ['more than two replicas', { replicas: 3 }, 'replicas must be 0 to 2, got 3; take 1, or 0 for a single node without failover'],
  ['fewer than no replicas', { replicas: -1 }, 'replicas must be 0 to 2, got -1; take 1, or 0 for a single node without failover'],
  ['no shard', { shards: 0 }, 'shards must be 1 to 45 with 1 replicas, got 0; 90 nodes are the quota of one store'],
  [
    'more nodes than the quota',
    { shards: 31, replicas: 2 },
    'shards must be 1 to 30 with 2 replicas, got 31; 90 nodes are the quota of one store',
  ],
  [
    'shards of a single node',
    { shards: 2, replicas: 0 },
    'replicas must be 1 or 2 with 2 shards, got 0; a cluster of shards must fail over: add a replica or take one shard',
  ],
  [
    'a log on t4g',
    { durability: log },
    'durability must be by snapshots on cache.t4g.medium, got a sync log; take a node of c7gn, c8gn, m6g, m7g, m8g, r6g, r7g, r8g',
  ],
  [
    'a log on r6gd',
    { durability: log, nodeType: 'cache.r6gd.xlarge' },
    'durability must be by snapshots on cache.r6gd.xlarge, got a sync log',
  ],
  [
    'a log on a single node',
    { durability: Durability.asynchronousLog(), nodeType: m7g, replicas: 0 },
    'durability must be by snapshots without a replica, got a async log; add a replica: the log needs cluster mode',
  ],
  [
    'no snapshots',
    { snapshotRetention: Duration.days(0) },
    'snapshotRetention must be 1 to 35 whole days, got 0 days; copy snapshots to S3 to keep them longer',
  ],
  ['snapshots for 36 days', { snapshotRetention: Duration.days(36) }, 'snapshotRetention must be 1 to 35 whole days, got 36 days'],
  ['snapshots for half a day', { snapshotRetention: Duration.hours(12) }, 'snapshotRetention must be 1 to 35 whole days, got 0.5 days'],
];

test.each(CACHE_FAULTS)('ResultCache refuses %s', (_fault, props, message) => {
  expect(() => resultCache(props)).toThrow(`Stack/Results: ${message}`);
});

test('LimiterStore refuses more than two replicas', () => {
  expect(() => limiterStore({ replicas: 3 })).toThrow('Stack/Limits: replicas must be 0 to 2, got 3');
});

test('refuses a network without isolated subnets', () => {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
  expect(() => new ResultCache(stack, 'Results', { vpc })).toThrow(
    'Stack/Results: vpc must be a network with isolated subnets in two zones, got subnets in 0; take the vpc of a Network',
  );
});

test('refuses a replica in a network of one zone', () => {
  const stack = new Stack(new App(), 'Stack');
  const vpc = vpcOf(stack, 1);
  expect(() => new LimiterStore(stack, 'Limits', { vpc })).toThrow(
    'Stack/Limits: vpc must be a network with isolated subnets in two zones, got subnets in 1; take the vpc of a Network',
  );
});

test('takes a single node in a network of one zone', () => {
  const stack = new Stack(new App(), 'Stack');
  const vpc = vpcOf(stack, 1);
  expect(() => new LimiterStore(stack, 'Limits', { vpc, replicas: 0 })).not.toThrow();
});

test.each(['c7gn.large', 'c8gn.large', 'm6g.large', 'm8g.large', 'r6g.large', 'r7g.2xlarge', 'r8g.large'])(
  'takes a log on cache.%s',
  (node) => {
    expect(() => resultCache({ durability: log, nodeType: `cache.${node}` })).not.toThrow();
  },
);
