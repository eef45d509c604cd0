import { Duration, Names } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { WebhookDelivery } from './webhook-delivery';

/** The namespace of what is counted in the functions' logs. */
const NAMESPACE = 'plinth/webhooks';

/** Fewer attempts in five minutes are no verdict. */
const LEAST_ATTEMPTS = 20;

const fiveMinutes = { period: Duration.minutes(5) };

/**
 * What is counted in the logs of a delivery's functions; each is made when it is first asked for, at 0.30 USD a month.
 * @internal
 */
export class WebhookMetrics {
  constructor(private readonly delivery: WebhookDelivery) {}

  /** One for each time that an endpoint stopped answering. */
  openedBreakers(): cloudwatch.Metric {
    return this.counted('OpenedBreakers', this.delivery._sender.logGroup, '{ $.message.event = "webhook-opened" }');
  }

  /** How long what was due longest had been due, when a run of the sweeper ended; in seconds. */
  oldestDue(): cloudwatch.Metric {
    const { logGroup } = this.delivery._sweeper;
    return this.counted('OldestDue', logGroup, '{ $.message.event = "webhook-sweep" }', '$.message.oldestDueSeconds');
  }

  /** Of a hundred attempts, how many nobody told the outcome of. */
  interruptedPercent(): cloudwatch.MathExpression {
    return this.percent('Interrupted attempts in percent', this.attempts());
  }

  /** Of a hundred attempts, how many were answered by a clock that differs from ours. */
  skewedPercent(): cloudwatch.MathExpression {
    const skewed = this.counted('ClockSkew', this.delivery._sender.logGroup, '{ $.message.event = "webhook-clock-skew" }');
    return this.percent('Answers of another time in percent', skewed);
  }

  /** One metric tells both: how many attempts there were by its samples, and how many of them were interrupted by its sum. */
  private attempts(): cloudwatch.Metric {
    const made = '{ $.message.event = "webhook-attempt" || $.message.event = "webhook-interrupted" }';
    return this.counted('Attempts', this.delivery._sender.logGroup, made, '$.message.interrupted');
  }

  private percent(label: string, part: cloudwatch.Metric): cloudwatch.MathExpression {
    const attempts = this.attempts().with({ statistic: cloudwatch.Stats.SAMPLE_COUNT, ...fiveMinutes });
    return new cloudwatch.MathExpression({
      label,
      expression: `IF(attempts >= ${LEAST_ATTEMPTS}, 100 * FILL(part, 0) / attempts, 0)`,
      usingMetrics: { attempts, part: part.with({ statistic: cloudwatch.Stats.SUM, ...fiveMinutes }) },
      ...fiveMinutes,
    });
  }

  /** A filter's metric can have no dimension of ours: the name tells whose it is. */
  private counted(what: string, logGroup: logs.ILogGroup, pattern: string, metricValue = '1'): cloudwatch.Metric {
    const metricName = `${Names.uniqueResourceName(this.delivery, { maxLength: 200, separator: '-' })}-${what}`;
    if (!this.delivery.node.tryFindChild(what)) {
      new logs.MetricFilter(this.delivery, what, {
        logGroup,
        filterPattern: logs.FilterPattern.literal(pattern),
        metricNamespace: NAMESPACE,
        metricName,
        metricValue,
      });
    }
    return new cloudwatch.Metric({ namespace: NAMESPACE, metricName });
  }
}
