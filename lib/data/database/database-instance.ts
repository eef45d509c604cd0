import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import type { DataProtection } from '../data-protection';
import { DatabaseAccess } from './database-access';
import { PORT } from './database-engine';
import { DatabaseLogs, LOG_EXPORTS } from './database-logs';
import type { FullSize } from './database-size';
import { createMonitoringRole } from './monitoring-role';
import { createParameterGroup } from './parameter-group';

/** @internal */
export interface SurroundingsProps {
  readonly vpc: ec2.IVpc;
  readonly protection: DataProtection;
  readonly size: FullSize;
  readonly encryptionKey: kms.IKey;
  readonly logKey: kms.IKey;
}

/**
 * What the instances of a database have in common.
 * @internal
 */
export interface Surroundings extends SurroundingsProps {
  readonly access: DatabaseAccess;
  readonly subnetGroup: rds.SubnetGroup;
  readonly parameterGroup: rds.ParameterGroup;
  readonly monitoringRole: iam.IRole;
}

/** @internal */
export function createSurroundings(scope: Construct, props: SurroundingsProps): Surroundings {
  const { removalPolicy } = props.protection;
  return {
    ...props,
    access: new DatabaseAccess(scope, 'Access', props.vpc, removalPolicy),
    subnetGroup: createSubnetGroup(scope, 'Subnets', props.vpc, props.protection),
    parameterGroup: createParameterGroup(scope, 'Parameters', props.size.maxConnections, removalPolicy),
    monitoringRole: createMonitoringRole(scope, 'MonitoringRole'),
  };
}

/**
 * The log groups of an instance, before it.
 * @internal
 */
export function createLogs(instance: Construct, identifier: string, { logKey, protection, monitoringRole }: Surroundings): logs.LogGroup[] {
  const { logGroups } = new DatabaseLogs(instance.node.scope!, `${logsIdOf(instance)}Logs`, identifier, logKey, protection.removalPolicy);
  // RDS refuses a monitoring role whose policy is not attached yet.
  instance.node.addDependency(...logGroups, monitoringRole);
  return logGroups;
}

function logsIdOf({ node }: Construct): string {
  return node.id === 'Resource' ? '' : node.id;
}

/** @internal */
export function instanceProps(identifier: string, around: Surroundings) {
  const { vpc, access, subnetGroup, parameterGroup, monitoringRole, encryptionKey, protection, size } = around;
  return {
    vpc,
    subnetGroup,
    parameterGroup,
    monitoringRole,
    securityGroups: [access.database],
    instanceIdentifier: identifier,
    instanceType: size.instanceType,
    port: PORT,
    publiclyAccessible: false,
    multiAz: size.multiAz,
    storageType: rds.StorageType.GP3,
    maxAllocatedStorage: size.maxStorage.toGibibytes(),
    storageEncryptionKey: encryptionKey,
    iamAuthentication: true,
    caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: !protection.deletionProtection,
    deletionProtection: protection.deletionProtection,
    removalPolicy: protection.removalPolicy,
    autoMinorVersionUpgrade: true,
    // Otherwise the price of the CPUs goes up by itself once the version is old.
    engineLifecycleSupport: rds.EngineLifecycleSupport.OPEN_SOURCE_RDS_EXTENDED_SUPPORT_DISABLED,
    enablePerformanceInsights: true,
    performanceInsightEncryptionKey: encryptionKey,
    databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD,
    monitoringInterval: Duration.seconds(60),
    // Clear of each other, of the backup plan at 01:00 and of the caches; left out, RDS draws them from a range of the region.
    preferredBackupWindow: '03:00-03:30',
    preferredMaintenanceWindow: 'sun:07:30-sun:08:30',
    cloudwatchLogsExports: LOG_EXPORTS,
  } satisfies Partial<rds.DatabaseInstanceProps>;
}

function createSubnetGroup(scope: Construct, id: string, vpc: ec2.IVpc, protection: DataProtection): rds.SubnetGroup {
  return new rds.SubnetGroup(scope, id, {
    vpc,
    vpcSubnets: { subnets: vpc.isolatedSubnets },
    description: `Subnets of ${scope.node.path}`,
    removalPolicy: protection.removalPolicy,
  });
}

/**
 * Lets a grantee log in to the instances with a token of IAM in place of a password.
 * @internal
 */
export function grantConnectTo(instances: readonly rds.IDatabaseInstance[], grantee: iam.IGrantable, databaseUser: string): iam.Grant {
  return iam.Grant.addToPrincipal({
    grantee,
    actions: ['rds-db:connect'],
    resourceArns: instances.map((instance) =>
      Stack.of(instance).formatArn({
        service: 'rds-db',
        resource: 'dbuser',
        resourceName: `${cfnInstance(instance).attrDbiResourceId}/${databaseUser}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ),
  });
}

/**
 * The L2 of a replica gives its ARN for its resource id, unless a feature flag is on.
 * @internal
 */
export function cfnInstance(instance: rds.IDatabaseInstance): rds.CfnDBInstance {
  return instance.node.defaultChild as rds.CfnDBInstance;
}

/**
 * A replica has the encryption of its source, and RDS refuses to be told that it has any.
 * @internal
 */
export function inheritEncryption(replica: rds.IDatabaseInstance): rds.CfnDBInstance {
  const instance = cfnInstance(replica);
  instance.storageEncrypted = undefined;
  return instance;
}
