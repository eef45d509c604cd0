import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { PlatformFunction } from '../functions/platform-function';
import { ManagedRole } from '../governance/managed-role';
import type { ApiLoadBalancer } from './api-load-balancer';
import { TEST_PORT } from './test-port';

/** @internal */
export interface DeploymentTestTrafficProps {
  readonly vpc: ec2.IVpc;
  readonly loadBalancer: ApiLoadBalancer;
  /** The name on the certificate; none for a balancer without a domain or with a certificate of the caller's. */
  readonly host?: string;
  readonly https: boolean;
  readonly paths: string[];
  readonly logKey: kms.IKey;
}

/**
 * Sends 50 requests to the new tasks through the test listener before any client does: a canary's 5 % of the demanded traffic
 * is one to five requests in three minutes, too few for an alarm to judge.
 * @internal
 */
export class DeploymentTestTraffic extends Construct implements ecs.IDeploymentLifecycleHookTarget {
  private readonly sender: PlatformFunction;
  private readonly invoker: iam.Role;

  constructor(scope: Construct, id: string, props: DeploymentTestTrafficProps) {
    super(scope, id);
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Deployment test traffic',
      allowAllOutbound: false,
    });
    this.sender = this.createSender(group, props);
    this.invoker = this.createInvoker();
    this.admit(group, props.loadBalancer);
  }

  bind(): ecs.DeploymentLifecycleHookTargetConfig {
    return {
      targetArn: this.sender.function.functionArn,
      role: this.invoker,
      lifecycleStages: [ecs.DeploymentLifecycleStage.POST_TEST_TRAFFIC_SHIFT],
    };
  }

  private createSender(group: ec2.SecurityGroup, props: DeploymentTestTrafficProps): PlatformFunction {
    // Its role may describe network interfaces, as every function in a VPC: the balancer's private addresses are found there.
    return new PlatformFunction(this, 'Sender', {
      bundle: 'deployment-test-traffic',
      description: 'Sends test requests to the new tasks of a deployment',
      logKey: props.logKey,
      timeout: Duration.minutes(3),
      vpc: props.vpc,
      securityGroups: [group],
      environment: {
        TEST_TRAFFIC: JSON.stringify({
          loadBalancerName: props.loadBalancer.loadBalancer.loadBalancerFullName,
          port: TEST_PORT,
          protocol: props.https ? 'https' : 'http',
          host: props.host ?? props.loadBalancer.loadBalancer.loadBalancerDnsName,
          verify: props.host !== undefined,
          paths: props.paths,
          requests: 50,
          maxErrorRate: 0.05,
          maxP95Ms: 1000,
        }),
      },
    });
  }

  private createInvoker(): iam.Role {
    const role = new ManagedRole(this, 'Invoker', {
      assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com'),
      description: 'Lets a deployment call its test traffic',
    });
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.sender.function.functionArn] }),
    );
    return role;
  }

  private admit(group: ec2.SecurityGroup, { securityGroup }: ApiLoadBalancer): void {
    securityGroup.addIngressRule(group, ec2.Port.tcp(TEST_PORT), 'Deployment test traffic');
    group.addEgressRule(securityGroup, ec2.Port.tcp(TEST_PORT), 'To the test listener');
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'To the EC2 API');
  }
}
