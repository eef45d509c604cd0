import { Arn, ArnFormat } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { DataProtection } from '../data-protection';
import { checkDatabaseUser, checkIsolatedSubnets, checkSize, checkSource } from './database-checks';
import { ENGINE, PORT } from './database-engine';
import { acknowledge } from '../../governance/exceptions';
import { databaseIdentifier } from './database-identifier';
import { createLogs, createSurroundings, grantConnectTo, inheritEncryption, instanceProps, type Surroundings } from './database-instance';
import { createLogKey } from '../../governance/log-key';
import { createDataKey } from '../data-key';
import { type DatabaseSize, fullSize } from './database-size';

/**
 * How a replica in another region is made.
 *
 * @example
 * import { Network, type VectorDatabaseReplicaProps } from 'plinth';
 *
 * const props: VectorDatabaseReplicaProps = {
 *   vpc: new Network(stack, 'Network').vpc,
 *   sourceArn: 'arn:aws:rds:eu-central-1:111111111111:db:production-data-database',
 * };
 */
export interface VectorDatabaseReplicaProps {
  /** The network in the replica's own region, with isolated subnets. */
  readonly vpc: ec2.IVpc;

  /** The ARN of the instance to copy, in another region: `instance.instanceArn` of a VectorDatabase. */
  readonly sourceArn: string;

  /**
   * What becomes of the replica, its keys and logs when they are removed or replaced.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;

  /**
   * CPU, memory and connections, of which it needs as many as its source; the disk is its source's.
   * @default - 2 vCPU and 4 GiB in two zones, up to 1,024 GiB, 250 connections
   */
  readonly size?: DatabaseSize;

  /**
   * The key of disk and backups, of the replica's own region. It can never be changed.
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
 * A copy of a VectorDatabase in another region, seconds behind: to read near its users, and to be promoted when a region is lost.
 *
 * It takes users and passwords from its source; clients log in with tokens of IAM as they do there. Data leaves its region with it.
 *
 * Creates the instance with its log groups, parameter group, subnet group, security groups, monitoring role and keys.
 *
 * @example
 * import { App, Stack } from 'aws-cdk-lib';
 * import { Network, VectorDatabaseReplica } from 'plinth';
 *
 * const ireland = new Stack(new App(), 'Ireland', { env: { account: '111111111111', region: 'eu-west-1' } });
 * new VectorDatabaseReplica(ireland, 'Database', {
 *   vpc: new Network(ireland, 'Network').vpc,
 *   sourceArn: 'arn:aws:rds:eu-central-1:111111111111:db:production-data-database',
 * });
 */
export class VectorDatabaseReplica extends Construct {
  /** The instance, which takes reads. */
  readonly instance: rds.DatabaseInstanceReadReplica;

  /** The security group that clients wear, to be admitted. It takes no rules from outside. */
  readonly clients: ec2.ISecurityGroup;

  /** The key of disk and backups. */
  readonly encryptionKey: kms.IKey;

  /** The key of the log groups. */
  readonly logKey: kms.IKey;

  /** What the server writes. */
  readonly logGroups: logs.LogGroup[];

  constructor(scope: Construct, id: string, props: VectorDatabaseReplicaProps) {
    super(scope, id);
    const { vpc, sourceArn, protection = DataProtection.retained() } = props;
    const size = fullSize(props.size ?? {});
    checkSource(this, sourceArn);
    checkIsolatedSubnets(this, vpc);
    checkSize(this, size);

    this.encryptionKey = props.encryptionKey ?? createDataKey(this, 'Key', protection);
    this.logKey = props.logKey ?? createLogKey(this, 'LogKey', protection.removalPolicy);
    const surroundings = createSurroundings(this, { vpc, protection, size, encryptionKey: this.encryptionKey, logKey: this.logKey });
    this.clients = surroundings.access.clients;
    const identifier = databaseIdentifier(this);
    this.instance = this.createInstance(identifier, sourceArn, surroundings);
    this.logGroups = createLogs(this.instance, identifier, surroundings);
  }

  /**
   * Lets a role log in as a database user with a token of IAM. The user comes from the source.
   *
   * @param grantee who may log in
   * @param databaseUser the user's name in the database
   */
  grantConnect(grantee: iam.IGrantable, databaseUser: string): iam.Grant {
    checkDatabaseUser(this, databaseUser);
    return grantConnectTo([this.instance], grantee, databaseUser);
  }

  private createInstance(identifier: string, sourceArn: string, surroundings: Surroundings): rds.DatabaseInstanceReadReplica {
    const replica = new rds.DatabaseInstanceReadReplica(this, 'Resource', {
      ...instanceProps(identifier, surroundings),
      sourceDatabaseInstance: sourceOf(this, sourceArn, surroundings.access.database),
    });
    const instance = inheritEncryption(replica);
    instance.sourceDbInstanceIdentifier = sourceArn;
    instance.sourceRegion = regionOf(sourceArn);
    acknowledge(replica, 'managed-database', 'single-database');
    return replica;
  }
}

/** The L2 takes a source by its name, in the stack's own region: the ARN takes its place afterwards. */
function sourceOf(scope: Construct, sourceArn: string, securityGroup: ec2.ISecurityGroup): rds.IDatabaseInstance {
  const { resourceName = '' } = Arn.split(sourceArn, ArnFormat.COLON_RESOURCE_NAME);
  return rds.DatabaseInstance.fromDatabaseInstanceAttributes(scope, 'Source', {
    instanceIdentifier: resourceName,
    instanceEndpointAddress: '',
    port: PORT,
    securityGroups: [securityGroup],
    engine: ENGINE,
  });
}

function regionOf(sourceArn: string): string | undefined {
  return Arn.split(sourceArn, ArnFormat.COLON_RESOURCE_NAME).region;
}
