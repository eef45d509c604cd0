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
      this.alarm('ServerErrors', 'Over 5 % of answers are 5xx', metrics.serverErrorPercent(), 5, 2),
      this.alarm('Latency', 'p95 of plain API routes is over 1 second', metrics.p95(), 1000, 3),
      this.alarm('UnhealthyTasks', 'Tasks fail their health check', metrics.unhealthyTasks(), 0, 3),
    ];
  }

  /** Two bad minutes of the last few: one bad point of a canary's few requests is no verdict, a shift of 3 minutes must be caught. */
  private alarm(
    id: string,
    alarmDescription: string,
    metric: cloudwatch.IMetric,
    threshold: number,
    evaluationPeriods: number,
  ): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, id, {
      alarmDescription: `${alarmDescription}; rolls a running deployment back`,
      metric,
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods,
      datapointsToAlarm: 2,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
