import { absentOr, every, isDev, relaxed, some, sum, whenever } from '../conformance/assertions';
import type { Place } from '../conformance/place';
import { atLeast, between, equals, matches, oneOf, refersTo } from '../conformance/predicates';
import { type Requirement, requirement } from '../conformance/requirement';
import { referredBy, resources, union, where } from '../conformance/selectors';
import type { StageView } from '../conformance/stage-view';

export const caches = resources('AWS::ElastiCache::ReplicationGroup');

const parameterGroups = referredBy(caches, 'CacheParameterGroupName');
const POLICY = 'Properties["maxmemory-policy"]';
const forgetting = where(parameterGroups, POLICY, equals('allkeys-lru'));
const evicting = where(caches, 'CacheParameterGroupName', refersTo('parameters that evict', forgetting));
const described = where(caches, 'ReplicationGroupDescription', equals('Results and sessions'));
const clustered = where(caches, 'ClusterMode', equals('enabled'));
/**
 * Caches whose coldest entries may go; the others are stores that nothing may leave. Each demand knows them by what it does not ask for
 * itself: by their shards or description when it asks for eviction, by their eviction or description when it asks for shards.
 */
const evictable = union(clustered, described);
export const resultCaches = union(evicting, described);

const isProduction = ({ environment }: StageView) => environment === 'production';
const oneNode = 'dev has one node a cache, without cluster mode';

/** Memory of a node that holds data, in GiB. */
const MEMORY: { readonly [nodeType: string]: number } = {
  micro: 0.5,
  small: 1.37,
  medium: 3.09,
  large: 6.38,
  xlarge: 12.93,
  '2xlarge': 26.04,
};

function memoryOf(cache: Place): number {
  const [, family, size] = /^cache\.([a-z])\w*\.(\w+)$/.exec(String(cache.first('CacheNodeType'))) ?? [];
  // Memory-optimized nodes have twice as much.
  return (MEMORY[size] ?? NaN) * (family === 'r' ? 2 : 1) * Number(cache.first('NumNodeGroups') ?? 1);
}

/**
 * What the demands ask of caches.
 * @internal
 */
export const cacheRequirements: readonly Requirement[] = [
  requirement(
    'REC-3.1',
    caches,
    every('a cache', caches, 'Engine', oneOf('valkey', 'redis')),
    every('a cache', caches, 'EngineVersion', matches(/^([6-9]|\d\d)(\.|$)/)),
  ),
  requirement(
    'REC-3.2',
    caches,
    relaxed(oneNode, isDev, every('a cache of results', resultCaches, 'ClusterMode', equals('enabled'))),
    relaxed(oneNode, isDev, every('a cache of results', resultCaches, 'NumNodeGroups', atLeast(1))),
  ),
  requirement(
    'REC-3.3',
    caches,
    relaxed(oneNode, isDev, every('a cache', caches, 'ReplicasPerNodeGroup', between(1, 2))),
    relaxed(oneNode, isDev, every('a cache', caches, 'AutomaticFailoverEnabled', equals(true))),
    relaxed(oneNode, isDev, every('a cache', caches, 'MultiAZEnabled', equals(true))),
  ),
  requirement(
    'REC-3.4',
    caches,
    every('a cache', caches, 'SnapshotRetentionLimit', atLeast(1)),
    // Which of the two a stage has: the log, by its mode, or, shown by the place where it would stand, daily snapshots alone.
    absentOr('a cache', caches, 'Durability', oneOf('sync', 'async', 'disabled')),
  ),
  requirement(
    'REC-3.5',
    caches,
    whenever(isProduction, sum('GiB of memory in the caches', caches, 'CacheNodeType', memoryOf, 4, 8)),
    whenever((view) => !isProduction(view), sum('GiB of memory in the caches', caches, 'CacheNodeType', memoryOf, 1, 8)),
  ),
  requirement(
    'REC-3.6',
    caches,
    some('a cache', parameterGroups, POLICY, equals('allkeys-lru')),
    whenever(
      (view) => evictable(view).length > 0,
      every('a cache of results', evictable, 'CacheParameterGroupName', refersTo('parameters that evict', forgetting)),
    ),
  ),
];
