import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';
import { ManagedRole } from '../governance/managed-role';
import type { ServiceTraffic } from './service-traffic';

/**
 * What ECS needs to move traffic between the target groups: the rules, and a role for them and nothing else.
 *
 * AWS's own policy for it allows the same on every load balancer of the account.
 * @internal
 */
export class TrafficShift extends Construct implements ecs.IAlternateTarget {
  private readonly role: iam.Role;
  private readonly test: ecs.ListenerRuleConfiguration;
  private readonly production: ecs.ListenerRuleConfiguration;

  constructor(
    scope: Construct,
    id: string,
    private readonly traffic: ServiceTraffic,
  ) {
    super(scope, id);
    const testRule = traffic.addTestRule();
    this.test = ecs.ListenerRuleConfiguration.applicationListenerRule(testRule);
    this.production = ecs.ListenerRuleConfiguration.applicationListenerRule(traffic.catchAll);
    this.role = this.createRole([traffic.catchAll.listenerRuleArn, testRule.listenerRuleArn]);
  }

  bind(): ecs.AlternateTargetConfig {
    return new ecs.AlternateTarget('Shift', {
      alternateTargetGroup: this.traffic.green,
      productionListener: this.production,
      testListener: this.test,
      role: this.role,
    }).bind(this);
  }

  private createRole(ruleArns: string[]): iam.Role {
    const role = new ManagedRole(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com'),
      description: 'Moves traffic between the target groups of a deployment',
    });
    const groups = [this.traffic.blue, this.traffic.green].map((group) => group.targetGroupArn);
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['elasticloadbalancing:ModifyRule'], resources: ruleArns }));
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
        resources: groups,
      }),
    );
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['Listeners', 'Rules', 'TargetGroups', 'TargetHealth'].map((what) => `elasticloadbalancing:Describe${what}`),
        resources: ['*'],
      }),
    );
    acknowledge(role, 'actions-without-resources');
    return role;
  }
}
