import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { addWorkAlarm, deadLetters, sweeperLag, type WorkWatch } from '../jobs/work-alarm';
import { SEND_TIMEOUT } from './webhook-queues';
import type { WebhookDelivery } from './webhook-delivery';
import { WebhookMetrics } from './webhook-metrics';

/**
 * What an alarm on the delivery of webhooks watches for.
 *
 * @example
 * import type { WebhookAlarmProps } from 'plinth';
 *
 * const props: WebhookAlarmProps = { threshold: 10 };
 */
export interface WebhookAlarmProps {
  /**
   * The highest value that is still well.
   * @default - each alarm's own
   */
  readonly threshold?: number;

  /**
   * What an alarm does when it goes off.
   * @default - nothing: it is shown in the console only
   */
  readonly actions?: cloudwatch.IAlarmAction[];
}

const MOST_FAILING = 10;
const MOST_IN_QUARANTINE = 1_000;
const MOST_UNKNOWN_PERCENT = 1;
/** Some receivers' clocks are always wrong; ours is when many of theirs say so. */
const MOST_SKEWED_PERCENT = 25;
const LONGEST_DUE = Duration.minutes(5);
const LONGEST_WAIT = Duration.minutes(5);

const { SUM, MAXIMUM } = cloudwatch.Stats;
const minutes = (count: number) => ({ period: Duration.minutes(count) });

/**
 * The alarms of the delivery of webhooks, a runbook each.
 *
 * @example
 * import { WebhookAlarms, WebhookDelivery } from 'plinth';
 *
 * const delivery = new WebhookDelivery(stack, 'Webhooks');
 * WebhookAlarms.of(delivery).addFailingEndpoints({ threshold: 50 });
 */
export class WebhookAlarms {
  /**
   * The alarms of one delivery and its queues.
   * @param delivery the delivery to watch
   */
  static of(delivery: WebhookDelivery): WebhookAlarms {
    return new WebhookAlarms(delivery);
  }

  private readonly metrics: WebhookMetrics;

  private constructor(private readonly delivery: WebhookDelivery) {
    this.metrics = new WebhookMetrics(delivery);
  }

  /**
   * Every alarm there is, at its own threshold.
   * @param actions what they do when they go off
   */
  addAll(...actions: cloudwatch.IAlarmAction[]): cloudwatch.Alarm[] {
    const props = { actions };
    return [
      ...this.addBasic(...actions),
      this.addFunctionErrors(props),
      this.addFailingEndpoints(props),
      this.addOldestDue(props),
      this.addDuplicates(props),
      this.addClockSkew(props),
    ];
  }

  /**
   * The alarms that tell when deliveries stand still, by what AWS counts anyway: 0.50 USD a month in the place of 2.50.
   * @param actions what they do when they go off
   */
  addBasic(...actions: cloudwatch.IAlarmAction[]): cloudwatch.Alarm[] {
    const props = { actions };
    return [this.addDeadLetters(props), this.addOldestMessage(props), this.addQuarantineDepth(props), this.addSweeperLag(props)];
  }

  /**
   * Endpoints stopped answering, so many in 15 minutes that it may be us.
   * @param props threshold and actions
   */
  addFailingEndpoints(props: WebhookAlarmProps = {}): cloudwatch.Alarm {
    return this.add('FailingEndpoints', props, {
      says: 'has many endpoints that fail',
      runbook: 'webhook-failing-endpoints',
      metric: this.metrics.openedBreakers().with({ statistic: SUM, ...minutes(15) }),
      threshold: MOST_FAILING,
      evaluationPeriods: 1,
    });
  }

  /**
   * Deliveries to endpoints that are slow or come back pile up, for 15 minutes.
   * @param props threshold and actions
   */
  addQuarantineDepth(props: WebhookAlarmProps = {}): cloudwatch.Alarm {
    const { quarantine } = this.delivery.webhooks;
    return this.add('QuarantineDepth', props, {
      says: 'has a backlog of slow endpoints',
      runbook: 'webhook-quarantine-depth',
      metric: quarantine.metricApproximateNumberOfMessagesVisible({ statistic: MAXIMUM, ...minutes(5) }),
      threshold: MOST_IN_QUARANTINE,
      evaluationPeriods: 3,
    });
  }

  /**
   * Something was due for too long when the sweeper had run, in seconds: it does not keep up, or a row cannot be worked.
   * @param props threshold and actions
   */
  addOldestDue(props: WebhookAlarmProps = {}): cloudwatch.Alarm {
    return this.add('OldestDue', props, {
      says: 'has deliveries that are overdue',
      runbook: 'webhook-oldest-due',
      metric: this.metrics.oldestDue().with({ statistic: MAXIMUM, ...minutes(5) }),
      threshold: LONGEST_DUE.toSeconds(),
      evaluationPeriods: 2,
    });
  }

  /**
   * The oldest delivery has waited for too long, in seconds: senders are too few, or hang.
   * @param props threshold and actions
   */
  addOldestMessage(props: WebhookAlarmProps = {}): cloudwatch.Alarm {
    const { deliver } = this.delivery.webhooks;
    return this.add('OldestMessage', props, {
      says: 'has deliveries that wait for too long',
      runbook: 'webhook-queue-age',
      metric: deliver.metricApproximateAgeOfOldestMessage(minutes(1)),
      threshold: SEND_TIMEOUT.toSeconds() + LONGEST_WAIT.toSeconds(),
      evaluationPeriods: 5,
    });
  }

  /**
   * More than 1 percent of the attempts were interrupted for 15 minutes: each may have arrived, and is made again. Under 20 attempts in 5
   * minutes are no verdict.
   * @param props threshold and actions
   */
  addDuplicates(props: WebhookAlarmProps = {}): cloudwatch.Alarm {
    return this.add('Duplicates', props, {
      says: `has over ${props.threshold ?? MOST_UNKNOWN_PERCENT} % interrupted attempts`,
      runbook: 'webhook-duplicates',
      metric: this.metrics.interruptedPercent(),
      threshold: MOST_UNKNOWN_PERCENT,
      evaluationPeriods: 3,
    });
  }

  /**
   * More than 25 percent of the answers say that our clock is wrong, for 15 minutes: receivers refuse signatures of the wrong time.
   * @param props threshold and actions
   */
  addClockSkew(props: WebhookAlarmProps = {}): cloudwatch.Alarm {
    return this.add('ClockSkew', props, {
      says: 'has receivers that see another time',
      runbook: 'webhook-clock-skew',
      metric: this.metrics.skewedPercent(),
      threshold: MOST_SKEWED_PERCENT,
      evaluationPeriods: 3,
    });
  }

  /**
   * A message is in the dead-letter queue, which none should ever be.
   * @param props threshold and actions
   */
  addDeadLetters(props: WebhookAlarmProps = {}): cloudwatch.Alarm {
    return this.add('DeadLetters', props, deadLetters(this.delivery.webhooks.deadLetterQueue, 'webhook-dead-letters'));
  }

  /**
   * No run of the sweeper looked after all that was due for 10 minutes: what is lost stays lost. The threshold is how many such runs of
   * 5 minutes are too few.
   * @param props threshold and actions
   */
  addSweeperLag(props: WebhookAlarmProps = {}): cloudwatch.Alarm {
    return this.add('SweeperLag', props, sweeperLag(this.delivery.sweeper, 'webhook-sweeper'));
  }

  /**
   * The function that fans out or the one that sends crashed, or ran out of time, in two periods of 5 minutes.
   * @param props threshold and actions
   */
  addFunctionErrors(props: WebhookAlarmProps = {}): cloudwatch.Alarm {
    const { fanOut, sender } = this.delivery;
    return this.add('FunctionErrors', props, {
      says: 'has functions that fail',
      runbook: 'webhook-function-errors',
      metric: new cloudwatch.MathExpression({
        label: 'Errors',
        expression: 'FILL(fanOut, 0) + FILL(sender, 0)',
        usingMetrics: { fanOut: fanOut.metricErrors({ statistic: SUM }), sender: sender.metricErrors({ statistic: SUM }) },
        ...minutes(5),
      }),
      threshold: 0,
      evaluationPeriods: 2,
    });
  }

  private add(id: string, props: WebhookAlarmProps, watch: WorkWatch): cloudwatch.Alarm {
    return addWorkAlarm(this.delivery, `Webhooks of ${this.delivery.node.path}:`, id, props, watch);
  }
}
