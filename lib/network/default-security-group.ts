import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { PlatformFunction } from '../functions/platform-function';
import { acknowledge } from '../governance/exceptions';

/**
 * Takes every rule from the security group that a VPC gives to whatever names none. CloudFormation cannot: the group is not its own.
 * @internal
 */
export class ClosedDefaultSecurityGroup extends Construct {
  constructor(scope: Construct, id: string, vpc: ec2.Vpc, logKey: kms.IKey) {
    super(scope, id);
    const closer = new PlatformFunction(this, 'Closer', {
      bundle: 'default-security-group',
      description: 'Closes the default security group of a network',
      logKey,
    });
    this.allow(closer.role, vpc.vpcDefaultSecurityGroup);
    const closed = new CustomResource(this, 'Resource', {
      serviceToken: closer.function.functionArn,
      resourceType: 'Custom::ClosedSecurityGroup',
      // The default is an hour, for which a stack would hang on a function that cannot answer.
      serviceTimeout: Duration.minutes(5),
      properties: { SecurityGroupId: vpc.vpcDefaultSecurityGroup },
    });
    // The function's log group and policy must outlive the resource's deletion, which calls it once more.
    closed.node.addDependency(closer);
  }

  private allow(role: iam.Role, groupId: string): void {
    const arn = Stack.of(this).formatArn({ service: 'ec2', resource: 'security-group', resourceName: groupId });
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['ec2:RevokeSecurityGroupIngress', 'ec2:RevokeSecurityGroupEgress'], resources: [arn] }),
    );
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['ec2:DescribeSecurityGroups'], resources: ['*'] }));
    acknowledge(role, 'actions-without-resources');
  }
}
