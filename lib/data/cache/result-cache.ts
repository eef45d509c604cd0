import { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elasticache from 'aws-cdk-lib/aws-elasticache';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DataProtection } from '../data-protection';
import { checkStore } from './cache-checks';
import { Durability } from './durability';
import { ValkeyReplicationGroup } from './valkey-replication-group';
import type { IValkeyStore } from './valkey-store';

/**
 * Properties of a ResultCache.
 *
 * @example
 * import { Network, type ResultCacheProps } from 'plinth';
 *
 * const props: ResultCacheProps = { vpc: new Network(stack, 'Network').vpc, shards: 2 };
 */
export interface ResultCacheProps {
  /** The network; the nodes stand in its isolated subnets. */
  readonly vpc: ec2.IVpc;

  /**
   * The node type, such as cache.t4g.medium. Changing it moves the data to new nodes online.
   * @default 'cache.t4g.medium', of which 2.3 GB hold data
   */
  readonly nodeType?: string;

  /**
   * Replicas of each shard in other zones, 0 to 2. With 0 there is one node, without cluster mode or failover, whose loss empties the
   * cache; changing from 0 to more or back makes another, empty cache, which CloudFormation refuses while another stack refers to the first.
   * @default 1
   */
  readonly replicas?: number;

  /**
   * Shards, 1 to 90 nodes in all. It changes online.
   * @default 1
   */
  readonly shards?: number;

  /**
   * What is kept when every node of a shard is lost. Changing between snapshots and a log replaces the cache.
   * @default Durability.snapshots()
   */
  readonly durability?: Durability;

  /**
   * How long daily snapshots are kept, 1 to 35 whole days; the rule packs ask for 15.
   * @default Duration.days(15)
   */
  readonly snapshotRetention?: Duration;

  /**
   * What becomes of the data when the cache is removed or replaced.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;

  /**
   * The key of data, snapshots and password.
   * @default - a key of the cache's own
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The key of the log groups; its policy must admit logs.<region>.amazonaws.com.
   * @default - a key of the cache's own
   */
  readonly logKey?: kms.IKey;
}

/**
 * A cache of results and sessions: when its memory is full, what was used longest ago goes first.
 *
 * It is Valkey in cluster mode over zones with automatic failover, snapshots every day, TLS only, encrypted at rest and in its logs.
 * Clients wear `clients` and connect to `address` with the cluster protocol, as the user in `secret`.
 *
 * Creates the replication group with its parameters and subnets, two users, the password, two security groups, log groups for slow and
 * engine log, and keys unless given.
 *
 * @example
 * import { Network, ResultCache } from 'plinth';
 *
 * const cache = new ResultCache(stack, 'Results', { vpc: new Network(stack, 'Network').vpc, replicas: 2 });
 */
export class ResultCache extends Construct implements IValkeyStore {
  /** The replication group. */
  readonly replicationGroup: elasticache.CfnReplicationGroup;

  /** The security group that clients wear; nothing else reaches the cache. */
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

  /** What happens to keys when the memory is full, in the words of Valkey. */
  readonly maxmemoryPolicy = 'allkeys-lru';

  constructor(scope: Construct, id: string, props: ResultCacheProps) {
    super(scope, id);
    const { vpc, nodeType = 'cache.t4g.medium', replicas = 1, shards = 1, durability, encryptionKey, logKey } = props;
    const { snapshotRetention = Duration.days(15), protection = DataProtection.retained() } = props;
    checkStore(this, { vpc, nodeType, shards, replicas, snapshotRetention, durability });
    this.shards = shards;
    this.replicas = replicas;
    this.clusterMode = replicas > 0;
    const valkey = new ValkeyReplicationGroup(this, this.clusterMode ? 'Valkey' : 'SingleValkey', {
      vpc,
      description: 'Results and sessions',
      nodeType,
      clusterMode: this.clusterMode,
      shards,
      replicas,
      maxmemoryPolicy: this.maxmemoryPolicy,
      maintenanceWindow: 'sun:04:30-sun:05:30',
      snapshotRetention,
      protection,
      logMode: durability?.logMode,
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
