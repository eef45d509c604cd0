import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { HttpCodeTarget, type ApplicationTargetGroup, type IApplicationTargetGroupMetrics } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

const period = Duration.minutes(1);

/** Fewer requests a minute are no verdict: one slow answer at night is not a slow service. */
const LEAST_REQUESTS = 20;

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

type Metrics = { [id: string]: cloudwatch.IMetric };

/**
 * What scaling and deployments watch, one minute a point, each target group judged by itself: a canary's few requests drown in a sum.
 *
 * A group without traffic has no points. SUM and MAX over a list pass over it; FILL cannot be relied on for a metric without any.
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

  /** Requests a minute for each healthy task, of the busier group. */
  requestsPerTask(): cloudwatch.MathExpression {
    return this.math('Requests a minute a task', `MAX([${this.each((group) => `requests${group} / tasks${group}`)}])`, {
      ...this.ofGroups('requests', (metrics) => metrics.requestCount({ period })),
      ...this.healthyTasks(),
    });
  }

  /** Healthy tasks of each group, as `tasks0` and `tasks1`. */
  healthyTasks(): Metrics {
    return this.ofGroups('tasks', (metrics) => metrics.healthyHostCount({ period, statistic: 'Maximum' }));
  }

  /** p95 in milliseconds: of plain API routes, as the gateway measures it; without a gateway of all routes, of the slower group. */
  p95(): cloudwatch.MathExpression {
    if (!this.props.gateway) {
      return this.math(
        'p95 in milliseconds',
        `MAX([${this.each((group) => this.enough(group, `latency${group} * 1000`))}])`,
        this.latencies(),
      );
    }
    return this.math('p95 in milliseconds', `IF(measured >= ${LEAST_REQUESTS}, latency, 0)`, {
      latency: this.gatewayLatency('p95'),
      measured: this.gatewayLatency('SampleCount'),
    });
  }

  /**
   * p95 in milliseconds for a deployment: also of one group where it is twice the other's, as the gateway's metric does not tell old
   * tasks from new ones. Routes that are slow by design are so in both groups.
   */
  p95OfDeployment(): cloudwatch.MathExpression {
    if (!this.props.gateway) return this.p95();
    const [one, other] = ['latency0', 'latency1'];
    const compared = `requests0 >= ${LEAST_REQUESTS} AND requests1 >= ${LEAST_REQUESTS} AND MAX([${one}, ${other}]) > 2 * MIN([${one}, ${other}])`;
    return this.math('p95 in milliseconds', `MAX([api, IF(${compared}, 1000 * MAX([${one}, ${other}]), 0)])`, {
      api: this.p95(),
      ...this.latencies(),
    });
  }

  /** The share of answers with a status of 500 or more, in percent, of the worse group. */
  serverErrorPercent(): cloudwatch.MathExpression {
    const percents = this.each((group) => this.enough(group, `100 * FILL(errors${group}, 0) / requests${group}`));
    return this.math('5xx percent', `MAX([${percents}])`, {
      ...this.ofGroups('errors', (metrics) => metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period })),
      ...this.ofGroups('requests', (metrics) => metrics.requestCount({ period })),
    });
  }

  unhealthyTasks(): cloudwatch.MathExpression {
    const metrics = this.ofGroups('unhealthy', (group) => group.unhealthyHostCount({ period, statistic: 'Maximum' }));
    return this.math('Unhealthy tasks', `SUM([${Object.keys(metrics).join(', ')}])`, metrics);
  }

  private latencies(): Metrics {
    return {
      ...this.ofGroups('latency', (metrics) => metrics.targetResponseTime({ period, statistic: 'p95' })),
      ...this.ofGroups('requests', (metrics) => metrics.requestCount({ period })),
    };
  }

  private gatewayLatency(statistic: string): cloudwatch.Metric {
    const dimensionsMap = { Service: this.props.serviceName, RouteClass: 'api' };
    return new cloudwatch.Metric({ namespace: METRIC_NAMESPACE, metricName: 'Latency', dimensionsMap, statistic, period });
  }

  private enough(group: number, value: string): string {
    return `IF(requests${group} >= ${LEAST_REQUESTS}, ${value}, 0)`;
  }

  private each(expression: (group: number) => string): string {
    return this.props.targetGroups.map((_, group) => expression(group)).join(', ');
  }

  private ofGroups(name: string, metricOf: (metrics: IApplicationTargetGroupMetrics) => cloudwatch.IMetric): Metrics {
    return Object.fromEntries(this.props.targetGroups.map(({ metrics }, group) => [`${name}${group}`, metricOf(metrics)]));
  }

  private math(label: string, expression: string, usingMetrics: Metrics): cloudwatch.MathExpression {
    return new cloudwatch.MathExpression({ label, period, expression, usingMetrics });
  }
}
