import { Duration } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { limitGrantsToServices } from '../governance/limited-grants';
import type { DataProtection } from './data-protection';

/**
 * A key for data at rest, rotated every year, that goes only where the data goes.
 * @internal
 */
export function createDataKey(scope: Construct, id: string, protection: DataProtection): kms.Key {
  const key = new kms.Key(scope, id, {
    description: `Data of ${scope.node.path}`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(protection.deletionProtection ? 30 : 7),
    removalPolicy: protection.removalPolicy,
  });
  limitGrantsToServices(key);
  return key;
}
