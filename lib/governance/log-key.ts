import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from './exceptions';
import { limitGrantsToServices } from './limited-grants';

/**
 * How long log groups keep their lines (REC-7.7 asks for at least 30 days).
 * @internal
 */
export const LOG_RETENTION = logs.RetentionDays.ONE_MONTH;

/**
 * A key for the log groups of one tier, usable by CloudWatch Logs for groups of this account and region only.
 * Without the `logs.<region>` principal, creating the first log group fails at deploy time.
 * @internal
 */
export function createLogKey(
  scope: Construct,
  id: string,
  removalPolicy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
): kms.Key {
  const stack = Stack.of(scope);
  const key = new kms.Key(scope, id, {
    description: `Log groups of ${scope.node.path}`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(30),
    removalPolicy,
  });
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
      actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': stack.formatArn({ service: 'logs', resource: '*' }) } },
    }),
  );
  limitGrantsToServices(key);
  return key;
}

/**
 * A log group under that key with the house's retention.
 * @internal
 */
export function createLogGroup(scope: Construct, id: string, encryptionKey: kms.IKey, logGroupName?: string): logs.LogGroup {
  const group = new logs.LogGroup(scope, id, {
    encryptionKey,
    logGroupName,
    retention: LOG_RETENTION,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  acknowledge(group, 'log-retention');
  if (Stack.of(encryptionKey) !== Stack.of(group)) acknowledge(group, 'stack-references');
  return group;
}
