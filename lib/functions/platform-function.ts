import { Duration, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { builtAsset } from '../governance/assets';
import { acknowledge } from '../governance/exceptions';
import { createLogGroup } from '../governance/log-key';
import { ManagedRole } from '../governance/managed-role';

/** @internal */
export interface PlatformFunctionProps {
  /** The folder under lambda/ that the build bundled. */
  readonly bundle: string;
  /** One sentence shown in the console. */
  readonly description: string;
  /** The key of the function's log group. */
  readonly logKey: kms.IKey;
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** Of 1,769 MB on it is a whole CPU. @default 256 */
  readonly memoryMb?: number;
  /** @default none */
  readonly environment?: { [name: string]: string };
  /** @default none */
  readonly layers?: lambda.ILayerVersion[];
  /** @default - outside any VPC */
  readonly vpc?: ec2.IVpc;
  /** @default - required with vpc */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/**
 * A function of the platform's own: prebuilt bundle, ARM, its own log group and its own least role.
 * @internal
 */
export class PlatformFunction extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps) {
    super(scope, id);
    this.logGroup = createLogGroup(this, 'Logs', props.logKey);
    this.role = this.createRole(props);
    this.function = new lambda.Function(this, 'Resource', {
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(builtAsset(`lambda/${props.bundle}`)),
      memorySize: props.memoryMb ?? 256,
      timeout: props.timeout ?? Duration.seconds(30),
      environment: props.environment,
      layers: props.layers,
      role: this.role,
      logGroup: this.logGroup,
      tracing: lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      vpc: props.vpc,
      vpcSubnets: props.vpc && { subnets: props.vpc.privateSubnets },
      securityGroups: props.securityGroups,
    });
    acknowledge(this.function, 'lambda-concurrency', 'lambda-dead-letter');
    acknowledge(this.function, props.vpc ? 'stack-references' : 'lambda-outside-vpc');
  }

  private createRole(props: PlatformFunctionProps): iam.Role {
    const role = new ManagedRole(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
    });
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] }),
    );
    acknowledge(role, 'actions-without-resources');
    if (props.vpc) this.allowNetworkInterfaces(role);
    return role;
  }

  private allowNetworkInterfaces(role: iam.Role): void {
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: [
          'CreateNetworkInterface',
          'DescribeNetworkInterfaces',
          'DescribeSubnets',
          'DeleteNetworkInterface',
          'AssignPrivateIpAddresses',
          'UnassignPrivateIpAddresses',
        ].map((action) => `ec2:${action}`),
        resources: ['*'],
      }),
    );
    // Lambda needs them to attach the function; its code does not.
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        effect: iam.Effect.DENY,
        actions: [
          'ec2:CreateNetworkInterface',
          'ec2:DeleteNetworkInterface',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ],
        resources: ['*'],
        conditions: { ArnLike: { 'lambda:SourceFunctionArn': Stack.of(this).formatArn({ service: 'lambda', resource: 'function:*' }) } },
      }),
    );
    acknowledge(role, 'actions-without-resources');
  }
}
