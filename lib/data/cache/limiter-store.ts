import { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elasticache from 'aws-cdk-lib/aws-elasticache';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DataProtection } from '../data-protection';
import { checkStore } from './cache-checks';
import { ValkeyReplicationGroup } from './valkey-replication-group';
import type { IValkeyStore } from './valkey-store';

/**
 * Properties of a LimiterStore.
 *
 * @example
 * import { type LimiterStoreProps, Network } from 'plinth';
 *
 * const props: LimiterStoreProps = { vpc: new Network(stack, 'Network').vpc, nodeType: 'cache.t4g.micro', replicas: 0 };
 */
export interface LimiterStoreProps {
  /** The network; the nodes stand in its isolated subnets. */
  readonly vpc: ec2.IVpc;

  /**
   * The node type, such as cache.t4g.small. Changing it moves the data to new nodes online.
   * @default 'cache.t4g.small', of which 1 GB holds data
   */
  readonly nodeType?: string;

  /**
   * Replicas in other zones, 0 to 2. With 0 there is one node without failover, whose loss forgets every limit.
   * @default 1
   */
  readonly replicas?: number;

  /**
   * How long daily snapshots are kept, 1 to 35 whole days; the rule packs ask for 15.
   * @default Duration.days(15)
   */
  readonly snapshotRetention?: Duration;

  /**
   * What becomes of the data when the store is removed or replaced.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;

  /**
   * The key of data, snapshots and password.
   * @default - a key of the store's own
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The key of the log groups; its policy must admit logs.<region>.amazonaws.com.
   * @default - a key of the store's own
   */
  readonly logKey?: kms.IKey;
}

/**
 * The store of rate limits and spending: nothing in it is ever evicted, as a forgotten limit costs money. When its memory is full it
 * refuses writes, which `CacheAlarms.addMemory` tells in time.
 *
 * It is Valkey without cluster mode, since one script takes all limits of a request or none, with a replica in another zone, automatic
 * failover, snapshots every day, TLS only, encrypted at rest and in its logs. Clients wear `clients` and connect to `address` as the
 * user in `secret`.
 *
 * Creates the replication group with its parameters and subnets, two users, the password, two security groups, log groups for slow and
 * engine log, and keys unless given.
 *
 * @example
 * import { CacheAlarms, LimiterStore, Network } from 'plinth';
 *
 * const limits = new LimiterStore(stack, 'Limits', { vpc: new Network(stack, 'Network').vpc });
 * CacheAlarms.of(limits).addMemory();
 */
export class LimiterStore extends Construct implements IValkeyStore {
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
  readonly clusterMode = false;

  /** Shards. */
  readonly shards = 1;

  /** Replicas of each shard. */
  readonly replicas: number;

  /** What happens to keys when the memory is full, in the words of Valkey. */
  readonly maxmemoryPolicy = 'noeviction';

  constructor(scope: Construct, id: string, props: LimiterStoreProps) {
    super(scope, id);
    const { vpc, nodeType = 'cache.t4g.small', replicas = 1, encryptionKey, logKey } = props;
    const { snapshotRetention = Duration.days(15), protection = DataProtection.retained() } = props;
    checkStore(this, { vpc, nodeType, shards: this.shards, replicas, snapshotRetention });
    this.replicas = replicas;
    const valkey = new ValkeyReplicationGroup(this, 'Valkey', {
      vpc,
      description: 'Rate limits and spending',
      nodeType,
      clusterMode: this.clusterMode,
      shards: this.shards,
      replicas,
      maxmemoryPolicy: this.maxmemoryPolicy,
      maintenanceWindow: 'sun:06:00-sun:07:00',
      snapshotRetention,
      protection,
      encryptionKey,
      logKey,
    });
    this.replicationGroup = valkey.resource;
    this.clients = valkey.access.clients;
    this.address = valkey.address;
    this.port = valkey.port;
    this.userName = valkey.users.userName;
    this.secret = valkey.users.secret;
  }
}
