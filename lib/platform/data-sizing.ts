import { Duration, Size } from 'aws-cdk-lib';
import { InstanceClass, InstanceSize, InstanceType } from 'aws-cdk-lib/aws-ec2';
import { DataProtection } from '../data/data-protection';
import type { DatabaseSize } from '../data/database/database-size';

/**
 * The nodes of a cache.
 *
 * @example
 * import { type CacheSizing, StageSizing } from 'plinth';
 *
 * const resultCache: CacheSizing = { nodeType: 'cache.t4g.medium', replicas: 2 };
 * const sizing = StageSizing.production({ resultCache });
 */
export interface CacheSizing {
  /** The node type, such as cache.t4g.medium. */
  readonly nodeType: string;

  /** Replicas of each shard in other zones, 0 to 2; with 0 there is neither failover nor cluster mode. */
  readonly replicas: number;
}

/** @internal */
export interface DataSizing {
  readonly database: DatabaseSize;
  readonly readReplicas: number;
  readonly resultCache: CacheSizing;
  readonly limiterStore: CacheSizing;
  readonly backupRetention: Duration;
  readonly dataProtection: DataProtection;
}

const medium = InstanceType.of(InstanceClass.T4G, InstanceSize.MEDIUM);
const storage = Size.gibibytes(100);

/** @internal */
export const devData: DataSizing = {
  database: { instanceType: medium, multiAz: false, storage, maxConnections: 250 },
  readReplicas: 0,
  resultCache: { nodeType: 'cache.t4g.small', replicas: 0 },
  limiterStore: { nodeType: 'cache.t4g.micro', replicas: 0 },
  backupRetention: Duration.days(7),
  dataProtection: DataProtection.disposable(),
};

/** @internal */
export const stagingData: DataSizing = {
  database: { ...devData.database, multiAz: true },
  readReplicas: 0,
  resultCache: { ...devData.resultCache, replicas: 1 },
  limiterStore: { ...devData.limiterStore, replicas: 1 },
  backupRetention: Duration.days(7),
  dataProtection: DataProtection.retained(),
};

/**
 * 4 vCPU and 16 GiB burst: with m7g the stage does not stay in its budget, so an alarm watches the CPU credits.
 * @internal
 */
export const productionData: DataSizing = {
  ...stagingData,
  database: { instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.XLARGE), multiAz: true, storage, maxConnections: 500 },
  resultCache: { nodeType: 'cache.t4g.medium', replicas: 1 },
  limiterStore: { nodeType: 'cache.t4g.small', replicas: 1 },
  backupRetention: Duration.days(30),
};

/** @internal */
export const highTrafficData: DataSizing = {
  ...productionData,
  database: { ...productionData.database, instanceType: InstanceType.of(InstanceClass.M7G, InstanceSize.XLARGE) },
  resultCache: { nodeType: 'cache.m7g.large', replicas: 1 },
};
