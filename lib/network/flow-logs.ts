import { Aws, Stack, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { createLogGroup } from '../governance/log-key';
import { ManagedRole } from '../governance/managed-role';

/**
 * Who talked to whom, admitted or refused, for 30 days.
 * @internal
 */
export class FlowLogs extends Construct {
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, vpc: ec2.IVpc, key: kms.IKey) {
    super(scope, id);
    this.logGroup = createLogGroup(this, 'LogGroup', key);
    const role = this.createRole();
    // The L2 would let the role pass itself on, which flow logs do not need.
    const flowLog = new ec2.CfnFlowLog(this, 'Resource', {
      resourceId: vpc.vpcId,
      resourceType: 'VPC',
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: this.logGroup.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
    });
    flowLog.node.addDependency(role);
    Tags.of(flowLog).add('Name', this.node.path);
  }

  private createRole(): iam.Role {
    const role = new ManagedRole(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' }) },
        },
      }),
      description: 'Writes the flow logs of a network',
    });
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    return role;
  }
}
