import { RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { createLogGroup } from '../../governance/log-key';

/**
 * What an instance exports to CloudWatch Logs.
 * @internal
 */
export const LOG_EXPORTS = ['postgresql', 'upgrade'];

/**
 * The log groups of an instance, made before it: RDS would make them itself, without a key, and keep them for ever.
 * @internal
 */
export class DatabaseLogs extends Construct {
  readonly logGroups: logs.LogGroup[];

  constructor(scope: Construct, id: string, identifier: string, logKey: kms.IKey, removalPolicy: RemovalPolicy) {
    super(scope, id);
    this.logGroups = LOG_EXPORTS.map((name) => {
      const group = createLogGroup(this, name, logKey, `/aws/rds/instance/${identifier}/${name}`);
      group.applyRemovalPolicy(removalPolicy);
      return group;
    });
  }
}
