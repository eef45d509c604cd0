import { Duration, Stack } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ApplicationScalingAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Capacity } from './capacity-defaults';
import type { ServiceMetrics } from './service-metrics';

/** @internal */
export interface ServiceScalingProps {
  readonly service: ecs.FargateService;
  readonly metrics: ServiceMetrics;
  readonly capacity: Capacity;
}

interface ScaleOut {
  readonly metric: cloudwatch.IMetric;
  /** One task more from here on (REC-1.9, REC-5.1 to 5.3), two more from `by two` on. */
  readonly threshold: number;
  readonly twoFrom: number;
}

/** Scale-in wants all of them low at once, so that a busy memory keeps a task that an idle CPU would drop (REC-5.1). */
const QUIET = { cpu: 30, memory: 40, requests: 600, p95: 400, waited: 30 };

/**
 * Four policies that add tasks, a fifth where they work a queue, and one that removes them; nothing else changes the number.
 *
 * Target tracking beside them would scale in just below its targets, against REC-5.1's 30 and 40 percent.
 * @internal
 */
export class ServiceScaling extends Construct {
  readonly target: appscaling.ScalableTarget;
  private readonly metrics: ServiceMetrics;
  /** How long the oldest message of the queue waits that the tasks work, in seconds. */
  private readonly waited?: cloudwatch.IMetric;

  constructor(scope: Construct, id: string, props: ServiceScalingProps) {
    super(scope, id);
    this.metrics = props.metrics;
    this.target = this.createTarget(props);
    this.addScaleOut('Cpu', { metric: this.metrics.cpu(), threshold: 70, twoFrom: 85 });
    this.addScaleOut('Memory', { metric: this.metrics.memory(), threshold: 80, twoFrom: 90 });
    this.addScaleOut('Requests', { metric: this.metrics.requestsPerTask(), threshold: 1000, twoFrom: 1500 });
    this.addScaleOut('Latency', { metric: this.metrics.p95(), threshold: 500, twoFrom: 1000 });
    const { worksQueue } = props.capacity;
    this.waited = worksQueue?.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' });
    if (this.waited) this.addScaleOut('Backlog', { metric: this.waited, threshold: 60, twoFrom: 300 });
    this.addScaleIn();
    for (const [name, { schedule, minTasks, maxTasks }] of Object.entries(props.capacity.schedules)) {
      this.target.scaleOnSchedule(name, { schedule, minCapacity: minTasks, maxCapacity: maxTasks });
    }
  }

  private createTarget({ service, capacity }: ServiceScalingProps): appscaling.ScalableTarget {
    return new appscaling.ScalableTarget(this, 'Target', {
      serviceNamespace: appscaling.ServiceNamespace.ECS,
      resourceId: `service/${service.cluster.clusterName}/${service.serviceName}`,
      scalableDimension: 'ecs:service:DesiredCount',
      minCapacity: capacity.minTasks,
      maxCapacity: capacity.maxTasks,
      // Scaling acts by its service-linked role; the L2 would make one that may do nothing.
      role: iam.Role.fromRoleArn(
        this,
        'Role',
        Stack.of(this).formatArn({
          service: 'iam',
          region: '',
          resource: 'role/aws-service-role/ecs.application-autoscaling.amazonaws.com',
          resourceName: 'AWSServiceRoleForApplicationAutoScaling_ECSService',
        }),
        { mutable: false },
      ),
    });
  }

  private addScaleOut(name: string, { metric, threshold, twoFrom }: ScaleOut): void {
    const action = new appscaling.StepScalingAction(this, `${name}Out`, { scalingTarget: this.target, cooldown: Duration.minutes(3) });
    action.addAdjustment({ lowerBound: 0, upperBound: twoFrom - threshold, adjustment: 1 });
    action.addAdjustment({ lowerBound: twoFrom - threshold, adjustment: 2 });
    new cloudwatch.Alarm(this, `${name}High`, {
      alarmDescription: `Adds tasks: ${name.toLowerCase()} at ${threshold} or more for 2 minutes`,
      metric,
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 2,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new ApplicationScalingAction(action));
  }

  private addScaleIn(): void {
    const action = new appscaling.StepScalingAction(this, 'In', { scalingTarget: this.target, cooldown: Duration.minutes(10) });
    action.addAdjustment({ lowerBound: 0, adjustment: -1 });
    const quiet = new cloudwatch.MathExpression({
      label: 'Quiet',
      period: Duration.minutes(1),
      expression: `IF(${this.quiet()}, 1, 0)`,
      usingMetrics: {
        cpu: this.metrics.cpu(),
        memory: this.metrics.memory(),
        requests: this.metrics.requestsPerTask(),
        p95: this.metrics.p95(),
        ...this.metrics.healthyTasks(),
        ...(this.waited && { waited: this.waited }),
      },
    });
    new cloudwatch.Alarm(this, 'Low', {
      alarmDescription: 'Removes a task: CPU, memory, requests and p95 all low for 5 minutes',
      metric: quiet,
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 5,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new ApplicationScalingAction(action));
  }

  /** Without traffic there are no points: zeros made of CPU, which always has some, stand in for them. */
  private quiet(): string {
    const orZero = (id: string) => `MAX([cpu * 0, ${id}])`;
    return [
      `cpu < ${QUIET.cpu}`,
      `memory < ${QUIET.memory}`,
      `${orZero('requests')} < ${QUIET.requests}`,
      `${orZero('p95')} < ${QUIET.p95}`,
      // While old and new tasks stand side by side, the averages are half of what either bears.
      `${orZero('tasks0')} * ${orZero('tasks1')} == 0`,
      ...(this.waited ? [`${orZero('waited')} < ${QUIET.waited}`] : []),
    ].join(' AND ');
  }
}
