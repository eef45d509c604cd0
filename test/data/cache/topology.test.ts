import { Durability } from '../../../lib/data/cache';
import { cacheTemplate, limiterTemplate, resultCache } from './builder';

const GROUP = 'AWS::ElastiCache::ReplicationGroup';
const PARAMETERS = 'AWS::ElastiCache::ParameterGroup';

describe('ResultCache', () => {
  const template = cacheTemplate();

  test('is in cluster mode (REC-3.2)', () => {
    template.hasResourceProperties(GROUP, { ClusterMode: 'enabled', NumNodeGroups: 1 });
    template.hasResourceProperties(PARAMETERS, { Properties: { 'cluster-enabled': 'yes' } });
  });

  test('has as many shards as it is given', () => {
    cacheTemplate({ shards: 3 }).hasResourceProperties(GROUP, { NumNodeGroups: 3, ReplicasPerNodeGroup: 1 });
  });

  test('throws out what was used longest ago (REC-3.6)', () => {
    template.hasResourceProperties(PARAMETERS, { Properties: { 'maxmemory-policy': 'allkeys-lru' } });
  });

  test('runs on cache.t4g.medium', () => {
    template.hasResourceProperties(GROUP, { CacheNodeType: 'cache.t4g.medium' });
  });

  test('exports the configuration endpoint', () => {
    const { stack, cache } = resultCache();
    expect(stack.resolve(cache.address)).toMatchObject({ 'Fn::GetAtt': [expect.anything(), 'ConfigurationEndPoint.Address'] });
  });

  test('exports the primary endpoint of a single node', () => {
    const { stack, cache } = resultCache({ replicas: 0 });
    expect(stack.resolve(cache.address)).toMatchObject({ 'Fn::GetAtt': [expect.anything(), 'PrimaryEndPoint.Address'] });
  });

  test.each([
    ['sync', Durability.synchronousLog()],
    ['async', Durability.asynchronousLog()],
  ])('keeps a %s log over zones on Valkey 9 where it is chosen (REC-3.4)', (mode, durability) => {
    const durable = cacheTemplate({ nodeType: 'cache.m7g.large', durability });
    durable.hasResourceProperties(GROUP, { Durability: mode, EngineVersion: '9.0' });
    durable.hasResourceProperties(PARAMETERS, { CacheParameterGroupFamily: 'valkey9' });
  });

  test('keeps no log unless it is chosen', () => {
    expect(resultCache({ durability: Durability.snapshots() }).cache.replicationGroup.durability).toBeUndefined();
  });
});

describe('LimiterStore', () => {
  const template = limiterTemplate();

  test('is one keyspace without cluster mode, as one script takes all limits of a request', () => {
    template.hasResourceProperties(GROUP, { ClusterMode: 'disabled', NumNodeGroups: 1 });
    template.hasResourceProperties(PARAMETERS, { Properties: { 'cluster-enabled': 'no' } });
  });

  test('evicts nothing', () => {
    template.hasResourceProperties(PARAMETERS, { CacheParameterGroupFamily: 'valkey8', Properties: { 'maxmemory-policy': 'noeviction' } });
  });

  test('runs on cache.t4g.small', () => {
    template.hasResourceProperties(GROUP, { CacheNodeType: 'cache.t4g.small' });
  });
});
