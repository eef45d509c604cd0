import type * as elasticache from 'aws-cdk-lib/aws-elasticache';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { createLogGroup } from '../../governance/log-key';
import type { DataProtection } from '../data-protection';
import { stackUniqueName } from '../storage/stack-unique-name';

/** @internal */
export interface ValkeyLogsProps {
  readonly logKey: kms.IKey;
  readonly protection: DataProtection;
}

/**
 * The slow log and the engine log of a store.
 * @internal
 */
export class ValkeyLogs extends Construct {
  readonly deliveries: elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty[];

  constructor(scope: Construct, id: string, props: ValkeyLogsProps) {
    super(scope, id);
    this.deliveries = ['slow-log', 'engine-log'].map((logType) => ({
      logType,
      logFormat: 'json',
      destinationType: 'cloudwatch-logs',
      destinationDetails: { cloudWatchLogsDetails: { logGroup: this.createGroup(logType, props).logGroupName } },
    }));
  }

  /** Delivery to groups below /aws/vendedlogs/ takes no room in the one policy of at most 5,120 characters that services share. */
  private createGroup(logType: string, { logKey, protection }: ValkeyLogsProps): logs.LogGroup {
    const name = `/aws/vendedlogs/elasticache/${stackUniqueName(this, logType)}`;
    const group = createLogGroup(this, logType === 'slow-log' ? 'SlowLog' : 'EngineLog', logKey, name);
    group.applyRemovalPolicy(protection.removalPolicy);
    return group;
  }
}
