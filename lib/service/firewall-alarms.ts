import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';
import type { Firewall } from './firewall';

/**
 * What the alarms on blocked requests watch for.
 *
 * @example
 * import { Firewall, FirewallAlarms, type BlockedRequestAlarmsProps } from 'plinth';
 *
 * const props: BlockedRequestAlarmsProps = { threshold: 500 };
 * FirewallAlarms.of(new Firewall(stack, 'Firewall')).addBlockedRequests(props);
 */
export interface BlockedRequestAlarmsProps {
  /**
   * Requests that one rule may block within 5 minutes; 0 or more.
   * @default 100
   */
  readonly threshold?: number;

  /**
   * What an alarm does when it goes off.
   * @default - nothing: it is shown in the console only
   */
  readonly actions?: cloudwatch.IAlarmAction[];
}

/** Requests that one rule may block in 5 minutes before somebody looks: scanners stay below it, a refused client does not. */
const BLOCKED_IN_FIVE_MINUTES = 100;

/**
 * Metrics and alarms of a firewall, by the rule that refused.
 *
 * @example
 * import { Firewall, FirewallAlarms } from 'plinth';
 *
 * const blocked = FirewallAlarms.of(new Firewall(stack, 'Firewall')).metricBlockedRequests('body-size');
 */
export class FirewallAlarms {
  /**
   * The alarms of one firewall.
   * @param firewall the firewall to watch
   */
  static of(firewall: Firewall): FirewallAlarms {
    return new FirewallAlarms(firewall);
  }

  private constructor(private readonly firewall: Firewall) {}

  /**
   * The requests that one rule has blocked, summed over 5 minutes.
   * @param rule the rule's name, such as body-size
   */
  metricBlockedRequests(rule: string): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/WAFV2',
      metricName: 'BlockedRequests',
      dimensionsMap: { WebACL: this.firewall._name, Rule: rule, Region: Stack.of(this.firewall).region },
      statistic: cloudwatch.Stats.SUM,
      period: Duration.minutes(5),
    });
  }

  /**
   * One alarm for each rule that blocks, which says in its description which rule that is.
   * @param props threshold and actions
   */
  addBlockedRequests(props: BlockedRequestAlarmsProps = {}): cloudwatch.Alarm[] {
    const scope = new Construct(this.firewall, 'BlockedRequests');
    if (!props.actions?.length) acknowledge(scope, 'alarm-without-action');
    return this.firewall._blockingRules.map((rule) => {
      const alarm = new cloudwatch.Alarm(scope, rule, {
        alarmDescription: `Firewall rule ${rule} blocks requests; runbook docs/runbooks/firewall-blocks.md`,
        metric: this.metricBlockedRequests(rule),
        threshold: props.threshold ?? BLOCKED_IN_FIVE_MINUTES,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(...(props.actions ?? []));
      return alarm;
    });
  }
}
