import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';
import type { ServiceMetrics } from './service-metrics';

/**
 * The three alarms that roll a deployment back.
 * @internal
 */
export class DeploymentAlarms extends Construct {
  readonly alarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, metrics: ServiceMetrics) {
    super(scope, id);
    acknowledge(this, 'alarm-without-action');
    this.alarms = [
      this.alarm('ServerErrors', 'Over 5 % of the answers of old or of new tasks are 5xx', metrics.serverErrorPercent(), 5, 1),
      this.alarm('Latency', 'p95 is over 1 second', metrics.p95OfDeployment(), 1000, 2),
      this.alarm('UnhealthyTasks', 'Tasks fail their health check', metrics.unhealthyTasks(), 0, 2),
    ];
  }

  /** Short, as a canary lasts 3 minutes; the metrics have a floor of requests under which they judge nothing. */
  private alarm(
    id: string,
    alarmDescription: string,
    metric: cloudwatch.IMetric,
    threshold: number,
    evaluationPeriods: number,
  ): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, id, {
      alarmDescription: `${alarmDescription}; rolls a running deployment back; runbook docs/runbooks/deployment-rolled-back.md`,
      metric,
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
