import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elasticache from 'aws-cdk-lib/aws-elasticache';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';

/**
 * A Valkey store and what a client of it needs: a result cache or a limiter store.
 *
 * @example
 * import { type IValkeyStore, LimiterStore, Network } from 'plinth';
 *
 * const store: IValkeyStore = new LimiterStore(stack, 'Limits', { vpc: new Network(stack, 'Network').vpc });
 */
export interface IValkeyStore extends IConstruct {
  /** The replication group. */
  readonly replicationGroup: elasticache.CfnReplicationGroup;

  /** The security group that clients wear; nothing else reaches the store. */
  readonly clients: ec2.ISecurityGroup;

  /** The name to connect to, with TLS. */
  readonly address: string;

  /** The port to connect to. */
  readonly port: number;

  /** The user to connect as. */
  readonly userName: string;

  /** The user's name and password, as `username` and `password`. */
  readonly secret: secretsmanager.ISecret;

  /** Whether clients have to speak the cluster protocol. */
  readonly clusterMode: boolean;

  /** Shards. */
  readonly shards: number;

  /** Replicas of each shard. */
  readonly replicas: number;

  /** What happens to keys when the memory is full, in Valkey's words. */
  readonly maxmemoryPolicy: string;
}
