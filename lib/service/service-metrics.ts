import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { HttpCodeTarget, type ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

const period = Duration.minutes(1);

/**
 * The namespace of the gateway's own metrics.
 * @internal
 */
export const METRIC_NAMESPACE = 'plinth';

/** @internal */
export interface ServiceMetricsProps {
  readonly service: ecs.FargateService;
  readonly serviceName: string;
  /** Both groups: a deployment moves the traffic from one to the other, so a metric of one goes blind at the first swap. */
  readonly targetGroups: readonly ApplicationTargetGroup[];
  /** Whether the gateway reports latency by route class. */
  readonly gateway: boolean;
}

/**
 * What scaling and deployments watch, as math over both target groups, one minute a point.
 * @internal
 */
export class ServiceMetrics {
  constructor(private readonly props: ServiceMetricsProps) {}

  cpu(): cloudwatch.IMetric {
    return this.props.service.metricCpuUtilization({ period });
  }

  memory(): cloudwatch.IMetric {
    return this.props.service.metricMemoryUtilization({ period });
  }

  /** Requests a minute for each healthy task. */
  requestsPerTask(): cloudwatch.MathExpression {
    const requests = this.overGroups('requests', (group) => group.metrics.requestCount({ period }));
    const tasks = this.overGroups('tasks', (group) => group.metrics.healthyHostCount({ period, statistic: 'Maximum' }));
    return new cloudwatch.MathExpression({
      label: 'Requests a minute a task',
      period,
      expression: `(${requests.sum}) / (${tasks.sum})`,
      usingMetrics: { ...requests.metrics, ...tasks.metrics },
    });
  }

  /** p95 of plain API routes in milliseconds, as the gateway measures it; without a gateway the slower group's, of all routes. */
  p95(): cloudwatch.IMetric {
    if (this.props.gateway) {
      return new cloudwatch.Metric({
        namespace: METRIC_NAMESPACE,
        metricName: 'Latency',
        dimensionsMap: { Service: this.props.serviceName, RouteClass: 'api' },
        statistic: 'p95',
        period,
      });
    }
    const latency = this.overGroups('latency', (group) => group.metrics.targetResponseTime({ period, statistic: 'p95' }));
    return new cloudwatch.MathExpression({
      label: 'p95 in milliseconds',
      period,
      expression: `MAX([${latency.filled.join(', ')}]) * 1000`,
      usingMetrics: latency.metrics,
    });
  }

  /** The share of answers with a status of 500 or more, in percent. */
  serverErrorPercent(): cloudwatch.MathExpression {
    const errors = this.overGroups('errors', (group) => group.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period }));
    const requests = this.overGroups('requests', (group) => group.metrics.requestCount({ period }));
    return new cloudwatch.MathExpression({
      label: '5xx percent',
      period,
      expression: `IF((${requests.sum}) > 0, 100 * (${errors.sum}) / (${requests.sum}), 0)`,
      usingMetrics: { ...errors.metrics, ...requests.metrics },
    });
  }

  unhealthyTasks(): cloudwatch.MathExpression {
    const tasks = this.overGroups('unhealthy', (group) => group.metrics.unhealthyHostCount({ period, statistic: 'Maximum' }));
    return new cloudwatch.MathExpression({ label: 'Unhealthy tasks', period, expression: tasks.sum, usingMetrics: tasks.metrics });
  }

  /** The same metric of every group; a group without traffic has no points, which counts as 0. */
  private overGroups(name: string, metricOf: (group: ApplicationTargetGroup) => cloudwatch.IMetric) {
    const metrics = Object.fromEntries(this.props.targetGroups.map((group, index) => [`${name}${index}`, metricOf(group)]));
    const filled = Object.keys(metrics).map((id) => `FILL(${id}, 0)`);
    return { metrics, filled, sum: filled.join(' + ') };
  }
}
