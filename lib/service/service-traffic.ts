import { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { ApiLoadBalancer } from './api-load-balancer';

/** After every rule of other services (REC-4.6). */
const CATCH_ALL_PRIORITY = 50_000;

/** @internal */
export interface ServiceTrafficProps {
  readonly vpc: ec2.IVpc;
  readonly loadBalancer: ApiLoadBalancer;
  readonly https: boolean;
  /** The path the load balancer asks: the gateway's, or the app's own without one. */
  readonly readyPath: string;
  readonly stickiness?: Duration;
}

/**
 * Two target groups and the rules that lead to them, the same in every stage and for every deployment strategy.
 *
 * ECS moves the rules' weights while it deploys, and any update of such a rule by CloudFormation would put them back
 * (aws/aws-cdk#36649): nothing in a rule may ever change, which a contract test holds.
 * @internal
 */
export class ServiceTraffic extends Construct {
  readonly blue: elbv2.ApplicationTargetGroup;
  readonly green: elbv2.ApplicationTargetGroup;
  readonly catchAll: elbv2.ApplicationListenerRule;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceTrafficProps,
  ) {
    super(scope, id);
    this.blue = this.createTargetGroup('Blue');
    this.green = this.createTargetGroup('Green');
    this.catchAll = this.createCatchAll('CatchAll', props.loadBalancer.listener);
  }

  /** The rule of the test listener, which ECS points at the new tasks. */
  addTestRule(): elbv2.ApplicationListenerRule {
    return this.createCatchAll('TestCatchAll', this.props.loadBalancer._addTestListener());
  }

  private createTargetGroup(id: string): elbv2.ApplicationTargetGroup {
    const { vpc, https, stickiness, readyPath } = this.props;
    return new elbv2.ApplicationTargetGroup(this, id, {
      vpc,
      // Every task registers its own port; this one cannot change without replacing the group.
      port: https ? 443 : 80,
      protocol: https ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
      targetType: elbv2.TargetType.IP,
      deregistrationDelay: Duration.seconds(45),
      crossZoneEnabled: true,
      stickinessCookieDuration: stickiness,
      healthCheck: {
        protocol: https ? elbv2.Protocol.HTTPS : elbv2.Protocol.HTTP,
        path: readyPath,
        interval: Duration.seconds(30),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
        healthyHttpCodes: '200-299',
      },
    });
  }

  private createCatchAll(id: string, listener: elbv2.ApplicationListener): elbv2.ApplicationListenerRule {
    const rule = new elbv2.ApplicationListenerRule(this, id, {
      listener,
      priority: CATCH_ALL_PRIORITY,
      conditions: [elbv2.ListenerCondition.pathPatterns(['/*'])],
      action: elbv2.ListenerAction.weightedForward(
        [
          { targetGroup: this.blue, weight: 100 },
          { targetGroup: this.green, weight: 0 },
        ],
        this.props.stickiness && { stickinessDuration: this.props.stickiness },
      ),
    });
    // Even a tag, renamed anywhere above, would be an update of the rule.
    (rule.node.defaultChild as elbv2.CfnListenerRule).addPropertyDeletionOverride('Tags');
    return rule;
  }
}
