import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ManagedRole } from '../../governance/managed-role';
import { acknowledge } from '../../governance/exceptions';

/**
 * What RDS sends the metrics of the operating system with. The policy that AWS manages for it reaches every log group by a pattern of
 * names; this one reaches the group of those metrics.
 * @internal
 */
export function createMonitoringRole(scope: Construct, id: string): iam.Role {
  const stack = Stack.of(scope);
  const role = new ManagedRole(scope, id, {
    assumedBy: new iam.ServicePrincipal('monitoring.rds.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'rds', resource: 'db:*' }) },
      },
    }),
    description: 'Writes the metrics of a database host',
  });
  // The account and region stay references in every environment, as the accepted finding has the ARN in its name.
  const group = `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:RDSOSMetrics`;
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'], resources: [group] }));
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams', 'logs:GetLogEvents'],
      resources: [`${group}:log-stream:*`],
    }),
  );
  acknowledge(role, 'named-later');
  return role;
}
