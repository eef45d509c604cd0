import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from '../../governance/exceptions';
import { createLogKey } from '../../governance/log-key';
import type { DataProtection } from '../data-protection';
import { createDataKey } from '../data-key';
import { VALKEY_PORT, ValkeyAccess } from './valkey-access';
import { ValkeyLogs } from './valkey-logs';
import { ValkeyUsers } from './valkey-users';

/** @internal */
export interface ValkeyReplicationGroupProps {
  readonly vpc: ec2.IVpc;
  readonly description: string;
  readonly nodeType: string;
  readonly clusterMode: boolean;
  readonly shards: number;
  readonly replicas: number;
  readonly maxmemoryPolicy: string;
  readonly maintenanceWindow: string;
  readonly snapshotRetention: Duration;
  readonly protection: DataProtection;
  /** @default - snapshots only */
  readonly logMode?: string;
  /** @default - a key of its own */
  readonly encryptionKey?: kms.IKey;
  /** @default - a key of its own */
  readonly logKey?: kms.IKey;
}

/** Valkey of version 9 alone keeps a log over zones. */
const ENGINES = {
  snapshots: { engineVersion: '8.2', family: 'valkey8' },
  log: { engineVersion: '9.0', family: 'valkey9' },
};

/** Half an hour before the first maintenance window of the week begins. */
const SNAPSHOT_WINDOW = '03:00-04:00';

/**
 * Valkey on nodes in the isolated tier, encrypted, behind users and one group of clients: what both stores are made of.
 * @internal
 */
export class ValkeyReplicationGroup extends Construct {
  readonly resource: elasticache.CfnReplicationGroup;
  readonly access: ValkeyAccess;
  readonly users: ValkeyUsers;
  readonly address: string;
  readonly port = VALKEY_PORT;

  constructor(scope: Construct, id: string, props: ValkeyReplicationGroupProps) {
    super(scope, id);
    const { vpc, protection } = props;
    const encryptionKey = props.encryptionKey ?? createDataKey(this, 'Key', protection);
    this.access = new ValkeyAccess(this, 'Access', { vpc, protection });
    this.users = new ValkeyUsers(this, 'Users', { encryptionKey, protection });
    this.resource = this.createReplicationGroup(props, encryptionKey, this.createLogs(props));
    this.address = props.clusterMode ? this.resource.attrConfigurationEndPointAddress : this.resource.attrPrimaryEndPointAddress;
    acknowledge(this.resource, 'valkey-store');
  }

  private createLogs({ protection, logKey }: ValkeyReplicationGroupProps): ValkeyLogs {
    const ownKey = () => {
      const key = createLogKey(this, 'LogKey');
      key.applyRemovalPolicy(protection.removalPolicy);
      return key;
    };
    return new ValkeyLogs(this, 'Logs', { logKey: logKey ?? ownKey(), protection });
  }

  private createReplicationGroup(
    props: ValkeyReplicationGroupProps,
    encryptionKey: kms.IKey,
    logs: ValkeyLogs,
  ): elasticache.CfnReplicationGroup {
    const several = props.replicas > 0;
    const { engineVersion, family } = ENGINES[props.logMode ? 'log' : 'snapshots'];
    const group = new elasticache.CfnReplicationGroup(this, 'Resource', {
      replicationGroupDescription: props.description,
      engine: 'valkey',
      engineVersion,
      autoMinorVersionUpgrade: true,
      cacheNodeType: props.nodeType,
      clusterMode: props.clusterMode ? 'enabled' : 'disabled',
      numNodeGroups: props.shards,
      replicasPerNodeGroup: props.replicas,
      automaticFailoverEnabled: several,
      multiAzEnabled: several,
      durability: props.logMode,
      cacheParameterGroupName: this.createParameterGroup(props, family).ref,
      cacheSubnetGroupName: this.createSubnetGroup(props).ref,
      securityGroupIds: [this.access.storeGroup.securityGroupId],
      port: VALKEY_PORT,
      userGroupIds: [this.users.group.ref],
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      kmsKeyId: encryptionKey.keyArn,
      snapshotRetentionLimit: props.snapshotRetention.toDays(),
      snapshotWindow: SNAPSHOT_WINDOW,
      preferredMaintenanceWindow: props.maintenanceWindow,
      logDeliveryConfigurations: logs.deliveries,
    });
    // Without it, another number of shards is another store, with another address and nothing in it.
    group.cfnOptions.updatePolicy = { useOnlineResharding: true };
    group.applyRemovalPolicy(props.protection.removalPolicy);
    return group;
  }

  private createParameterGroup({ clusterMode, maxmemoryPolicy, description, protection }: ValkeyReplicationGroupProps, family: string) {
    const group = new elasticache.CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: family,
      description,
      properties: { 'cluster-enabled': clusterMode ? 'yes' : 'no', 'maxmemory-policy': maxmemoryPolicy },
    });
    group.applyRemovalPolicy(protection.removalPolicy);
    return group;
  }

  private createSubnetGroup({ vpc, description, protection }: ValkeyReplicationGroupProps) {
    const group = new elasticache.CfnSubnetGroup(this, 'Subnets', {
      description,
      subnetIds: vpc.isolatedSubnets.map((subnet) => subnet.subnetId),
    });
    group.applyRemovalPolicy(protection.removalPolicy);
    return group;
  }
}
