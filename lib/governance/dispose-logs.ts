import { RemovalPolicies } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Lets the log groups of a scope and their keys go with it. Buckets are not among them: they are emptied first, by whoever makes them.
 * @internal
 */
export function disposeLogs(scope: IConstruct): void {
  RemovalPolicies.of(scope).destroy({ applyToResourceTypes: ['AWS::KMS::Key', 'AWS::Logs::LogGroup'] });
}
