import { charges, type Charge, counted, type Gap } from '../charge';
import { cacheNodePrice } from '../instance-prices';
import { HOURS } from '../price';
import { PRICES } from '../prices';
import type { Pricer } from '../pricer';
import type { Usage } from '../usage';
import { listIn, numberIn, textIn } from '../values';

const charge = charges('ElastiCache', 'cache');

/** Every node of every shard. */
export const replicationGroup: Pricer = ({ properties }, { usage }) => {
  const shards = numberIn(properties.NumNodeGroups) ?? Math.max(1, listIn(properties.NodeGroupConfiguration).length);
  const replicas = numberIn(properties.ReplicasPerNodeGroup);
  const nodes = replicas === undefined ? (numberIn(properties.NumCacheClusters) ?? shards) : shards * (1 + replicas);
  return [
    ...nodesOf(textIn(properties.Engine, 'redis'), textIn(properties.CacheNodeType, 'no node type'), nodes),
    ...snapshots(numberIn(properties.SnapshotRetentionLimit) ?? 0, usage),
  ];
};

export const cacheCluster: Pricer = ({ properties }, { usage }) => {
  // A member of a replication group is paid there.
  if (properties.ReplicationGroupId !== undefined) return [];
  return [
    ...nodesOf(
      textIn(properties.Engine, 'redis'),
      textIn(properties.CacheNodeType, 'no node type'),
      numberIn(properties.NumCacheNodes) ?? 1,
    ),
    ...snapshots(numberIn(properties.SnapshotRetentionLimit) ?? 0, usage),
  ];
};

const LEAST_SERVERLESS_GB = 0.1;

export const serverlessCache: Pricer = ({ properties }, { usage }): (Charge | Gap)[] => {
  if (properties.Engine !== 'valkey')
    return [{ reason: `the price of serverless ${textIn(properties.Engine, 'redis')} is not in the table` }];
  return [
    charge(PRICES.cacheServerlessStorage, [Math.max(LEAST_SERVERLESS_GB, usage.cacheDataGb), 'GB'], [HOURS, 'h']),
    charge(PRICES.cacheServerlessRequests, [usage.cacheMillionEcpus, 'million ECPUs']),
  ];
};

function nodesOf(engine: string, nodeType: string, nodes: number): (Charge | Gap)[] {
  const price = cacheNodePrice(engine, nodeType);
  if (!price) return [{ reason: `the price of ${nodeType} is not in the table` }];
  return [charge(price, [nodes, `${nodeType} (${engine})`], [HOURS, 'h'])];
}

/** The newest one is free. */
function snapshots(days: number, { cacheDataGb }: Usage): Charge[] {
  const paid = days - 1;
  if (paid <= 0 || cacheDataGb === 0) return [];
  return [charges('ElastiCache', 'backups')(PRICES.cacheBackup, counted(paid, 'daily snapshot'), [cacheDataGb, 'GB'])];
}
