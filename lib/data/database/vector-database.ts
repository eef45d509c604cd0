import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DataProtection } from '../data-protection';
import { BACKUP_RETENTION, type DatabaseBackups } from './database-backups';
import { checkBackups, checkDatabaseUser, checkIsolatedSubnets, checkSize } from './database-checks';
import { createSecret } from './database-credentials';
import { acknowledge } from '../../governance/exceptions';
import { ADMINISTRATOR, DATABASE_NAME, ENGINE } from './database-engine';
import { databaseIdentifier } from './database-identifier';
import {
  cfnInstance,
  createLogs,
  createSurroundings,
  grantConnectTo,
  inheritEncryption,
  instanceProps,
  type Surroundings,
} from './database-instance';
import { createLogKey } from '../../governance/log-key';
import { createDataKey } from '../data-key';
import { DatabaseRotation } from './database-rotation';
import { type DatabaseSize, fullSize, type FullSize } from './database-size';

/**
 * How a database is made.
 *
 * @example
 * import { DataProtection, Network, type VectorDatabaseProps } from 'plinth';
 *
 * const props: VectorDatabaseProps = {
 *   vpc: new Network(stack, 'Network').vpc,
 *   protection: DataProtection.disposable(),
 *   size: { multiAz: false },
 * };
 */
export interface VectorDatabaseProps {
  /** The network, with isolated subnets for the database and private ones for the function that rotates its password. */
  readonly vpc: ec2.IVpc;

  /**
   * What becomes of the database, its backups, secret, keys and logs when they are removed or replaced.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;

  /**
   * CPU, memory, disk and connections.
   * @default - 2 vCPU and 4 GiB in two zones, 100 to 1,024 GiB, 250 connections
   */
  readonly size?: DatabaseSize;

  /**
   * How far back it can be restored, and where; a disposable one has no backups elsewhere.
   * @default - 7 days, in its own region
   */
  readonly backups?: DatabaseBackups;

  /**
   * Copies to read from, 0 to 15, of the same size and in one zone each; they lag behind by some milliseconds.
   * @default 0
   */
  readonly readReplicas?: number;

  /**
   * The key of disk, backups and secret. It can never be changed.
   * @default - a key of its own, 1 USD a month
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The key of the log groups, which CloudWatch Logs must be allowed to use.
   * @default - a key of its own, 1 USD a month
   */
  readonly logKey?: kms.IKey;
}

/**
 * PostgreSQL 17 for rows and vectors, which only the wearers of one security group reach, by TLS alone.
 *
 * Every commit is on two disks in two zones, any second of the last week can be restored, and nothing of it is deleted with its stack.
 * Applications log in with tokens of IAM, so that no pool meets the rotation of the administrator's password, which is every 30 days.
 * No log line holds a statement's parameters.
 *
 * Creates the instance and its replicas with their log groups, parameter group, subnet group, security groups, monitoring role and keys,
 * the administrator's secret, and the function that rotates it.
 *
 * @example
 * import { Network, VectorDatabase } from 'plinth';
 *
 * const { vpc } = new Network(stack, 'Network');
 * const database = new VectorDatabase(stack, 'Database', { vpc });
 */
export class VectorDatabase extends Construct {
  /** The instance that takes reads and writes. */
  readonly instance: rds.DatabaseInstance;

  /** The copies to read from, in the order they were made. */
  readonly replicas: rds.DatabaseInstanceReadReplica[];

  /**
   * The security group that clients wear, to be admitted. It takes no rules from outside; a client of another stack imports it by its id,
   * so that rules about it stand there.
   */
  readonly clients: ec2.ISecurityGroup;

  /** The administrator's login: `username`, `password`, `host`, `port`, `dbname`. It rotates, so read it anew for every use. */
  readonly secret: secretsmanager.ISecret;

  /** The name of the database that applications use. */
  readonly databaseName = DATABASE_NAME;

  /** The key of disk, backups and secret. */
  readonly encryptionKey: kms.IKey;

  /** The key of the log groups. */
  readonly logKey: kms.IKey;

  /** What the server and its replicas write: queries over 500 ms, logins, changes of roles and tables, upgrades, refused tokens. */
  readonly logGroups: logs.LogGroup[];

  /** @internal */
  readonly _size: FullSize;

  /** @internal */
  readonly _rotation: DatabaseRotation;

  constructor(scope: Construct, id: string, props: VectorDatabaseProps) {
    super(scope, id);
    const { vpc, protection = DataProtection.retained(), backups = {}, readReplicas = 0 } = props;
    const { removalPolicy } = protection;
    this._size = fullSize(props.size ?? {});
    checkIsolatedSubnets(this, vpc);
    checkSize(this, this._size);
    checkBackups(this, backups, readReplicas, protection);

    this.encryptionKey = props.encryptionKey ?? createDataKey(this, 'Key', protection);
    this.logKey = props.logKey ?? createLogKey(this, 'LogKey', removalPolicy);
    const { encryptionKey, logKey, _size: size } = this;
    const surroundings = createSurroundings(this, { vpc, protection, size, encryptionKey, logKey });
    this.clients = surroundings.access.clients;
    this.logGroups = [];
    this.instance = this.createInstance(backups, surroundings);
    this.replicateBackups(backups);
    this.replicas = Array.from({ length: readReplicas }, (_, index) => this.createReplica(`Replica${index + 1}`, surroundings));
    this.secret = this.instance.secret!;
    this._rotation = new DatabaseRotation(this, 'Rotation', { ...surroundings, secret: this.secret });
  }

  /**
   * Lets a role log in as a database user with a token of IAM, on the instance and its replicas. The user must exist and be a member of
   * `rds_iam`.
   *
   * @param grantee who may log in
   * @param databaseUser the user's name in the database
   */
  grantConnect(grantee: iam.IGrantable, databaseUser: string): iam.Grant {
    checkDatabaseUser(this, databaseUser);
    return grantConnectTo([this.instance, ...this.replicas], grantee, databaseUser);
  }

  private createInstance({ retention = BACKUP_RETENTION }: DatabaseBackups, surroundings: Surroundings): rds.DatabaseInstance {
    const identifier = databaseIdentifier(this);
    const instance = new rds.DatabaseInstance(this, 'Resource', {
      ...instanceProps(identifier, surroundings),
      engine: ENGINE,
      databaseName: DATABASE_NAME,
      backupRetention: retention,
      allocatedStorage: this._size.storage.toGibibytes(),
      credentials: rds.Credentials.fromSecret(
        createSecret(this, 'Secret', surroundings.encryptionKey, surroundings.protection.removalPolicy),
        ADMINISTRATOR,
      ),
    });
    acknowledge(instance, 'managed-database');
    if (!this._size.multiAz || !surroundings.protection.deletionProtection) acknowledge(instance, 'single-database');
    this.logGroups.push(...createLogs(instance, identifier, surroundings));
    return instance;
  }

  private createReplica(id: string, surroundings: Surroundings): rds.DatabaseInstanceReadReplica {
    const identifier = databaseIdentifier(new Construct(this, `${id}Name`));
    const replica = new rds.DatabaseInstanceReadReplica(this, id, {
      ...instanceProps(identifier, surroundings),
      sourceDatabaseInstance: this.instance,
      multiAz: false,
    });
    inheritEncryption(replica).kmsKeyId = undefined;
    acknowledge(replica, 'managed-database', 'single-database');
    this.logGroups.push(...createLogs(replica, identifier, surroundings));
    return replica;
  }

  private replicateBackups({ retention = BACKUP_RETENTION, replication }: DatabaseBackups): void {
    if (!replication) return;
    const instance = cfnInstance(this.instance);
    instance.automaticBackupReplicationRegion = replication.region;
    instance.automaticBackupReplicationKmsKeyId = replication.encryptionKeyArn;
    instance.automaticBackupReplicationRetentionPeriod = retention.toDays();
  }
}
