import { Duration, Names } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RETRY_CAP } from './job-kind';
import type { JobWorker } from './job-worker';
import { addWorkAlarm, deadLetters, sweeperLag, type WorkWatch } from './work-alarm';

/**
 * What an alarm on a queue of jobs watches for.
 *
 * @example
 * import type { JobQueueAlarmProps } from 'plinth';
 *
 * const props: JobQueueAlarmProps = { threshold: 10 };
 */
export interface JobQueueAlarmProps {
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

/** The namespace of what is counted in the functions' logs. */
const NAMESPACE = 'plinth/jobs';

/** Fewer attempts in five minutes are no verdict. */
const LEAST_ATTEMPTS = 20;
const MOST_FAILED_PERCENT = 5;
const WAIT = Duration.minutes(5);

const oneMinute = { period: Duration.minutes(1) };
const fiveMinutes = { period: Duration.minutes(5) };

/**
 * The alarms of a queue of jobs and its worker, a runbook each.
 *
 * @example
 * import * as lambda from 'aws-cdk-lib/aws-lambda';
 * import { JobProcessor, JobQueue, JobQueueAlarms, JobWorker, Secrets } from 'plinth';
 *
 * const { internalApiKey: internalKey } = new Secrets(stack, 'Secrets');
 * const jobs = new JobQueue(stack, 'Jobs', { kinds: [{ name: 'reports.make' }], internalKey });
 * const makeReport = lambda.Function.fromFunctionName(stack, 'MakeReport', 'make-report');
 * const worker = new JobWorker(stack, 'JobWorker', { jobs, processors: { 'reports.make': JobProcessor.function(makeReport) } });
 * JobQueueAlarms.of(worker).addDeadLetters();
 */
export class JobQueueAlarms {
  /**
   * The alarms of one worker and its queue.
   * @param worker the worker to watch
   */
  static of(worker: JobWorker): JobQueueAlarms {
    return new JobQueueAlarms(worker);
  }

  private constructor(private readonly worker: JobWorker) {}

  /**
   * Every alarm there is, at its own threshold.
   * @param actions what they do when they go off
   */
  addAll(...actions: cloudwatch.IAlarmAction[]): cloudwatch.Alarm[] {
    return [...this.addBasic(...actions), this.addFailedAttempts({ actions })];
  }

  /**
   * The alarms that tell when jobs stand still, by what AWS counts anyway: 0.40 USD a month in the place of 1.20.
   * @param actions what they do when they go off
   */
  addBasic(...actions: cloudwatch.IAlarmAction[]): cloudwatch.Alarm[] {
    const props = { actions };
    return [this.addOldestMessage(props), this.addDeadLetters(props), this.addSweeperLag(props)];
  }

  /**
   * The oldest message has waited for too long, in seconds: workers are too few, or hang. The threshold is what an attempt and the longest
   * wait for another take, and 5 minutes more.
   * @param props threshold and actions
   */
  addOldestMessage(props: JobQueueAlarmProps = {}): cloudwatch.Alarm {
    const { queue, attemptTimeout, kinds } = this.worker.jobs;
    const caps = kinds.map(({ retry }) => (retry?.cap ?? RETRY_CAP).toSeconds({ integral: false }));
    return this.add('OldestMessage', props, {
      says: 'has messages that wait for too long',
      runbook: 'job-queue-age',
      metric: queue.metricApproximateAgeOfOldestMessage(oneMinute),
      threshold: Math.ceil(attemptTimeout.toSeconds() + Math.max(...caps) + WAIT.toSeconds()),
      evaluationPeriods: 5,
    });
  }

  /**
   * A message is in the dead-letter queue, which none should ever be.
   * @param props threshold and actions
   */
  addDeadLetters(props: JobQueueAlarmProps = {}): cloudwatch.Alarm {
    return this.add('DeadLetters', props, deadLetters(this.worker.jobs.deadLetterQueue, 'job-dead-letters'));
  }

  /**
   * No run of the sweeper looked after all that was due for 10 minutes: what is lost stays lost. The threshold is how many such runs of
   * 5 minutes are too few.
   * @param props threshold and actions
   */
  addSweeperLag(props: JobQueueAlarmProps = {}): cloudwatch.Alarm {
    return this.add('SweeperLag', props, sweeperLag(this.worker.sweeper, 'job-sweeper'));
  }

  /**
   * More than 5 percent of the attempts fail for 15 minutes, whether they are tried again or not; under 20 in 5 minutes are no verdict.
   * @param props threshold and actions
   */
  addFailedAttempts(props: JobQueueAlarmProps = {}): cloudwatch.Alarm {
    const { logGroup } = this.worker._worker;
    const attempts = this.counted('Attempts', logGroup, '{ $.message.event = "job-attempt" && $.message.attempt > 0 }');
    const failed = '{ $.message.event = "job-attempt" && ($.message.outcome = "failed" || $.message.outcome = "retried") }';
    return this.add('FailedAttempts', props, {
      says: `has over ${props.threshold ?? MOST_FAILED_PERCENT} % failed attempts`,
      runbook: 'job-failures',
      metric: new cloudwatch.MathExpression({
        label: 'Failed attempts in percent',
        expression: `IF(attempts >= ${LEAST_ATTEMPTS}, 100 * FILL(failures, 0) / attempts, 0)`,
        usingMetrics: { attempts, failures: this.counted('Failures', logGroup, failed) },
        ...fiveMinutes,
      }),
      threshold: MOST_FAILED_PERCENT,
      evaluationPeriods: 3,
    });
  }

  /** A filter's metric can have no dimension of ours: the name tells whose it is. */
  private counted(what: string, logGroup: logs.ILogGroup, pattern: string): cloudwatch.Metric {
    const metricName = `${Names.uniqueResourceName(this.worker, { maxLength: 200, separator: '-' })}-${what}`;
    new logs.MetricFilter(this.worker, what, {
      logGroup,
      filterPattern: logs.FilterPattern.literal(pattern),
      metricNamespace: NAMESPACE,
      metricName,
    });
    return new cloudwatch.Metric({ namespace: NAMESPACE, metricName, statistic: cloudwatch.Stats.SUM, ...fiveMinutes });
  }

  private add(id: string, props: JobQueueAlarmProps, watch: WorkWatch): cloudwatch.Alarm {
    return addWorkAlarm(this.worker, `Queue ${this.worker.jobs.node.path}`, id, props, watch);
  }
}
