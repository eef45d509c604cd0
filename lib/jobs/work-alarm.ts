import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';

/**
 * What an alarm on work that functions do from queues watches for.
 * @internal
 */
export interface WorkWatch extends Pick<cloudwatch.AlarmProps, 'metric' | 'threshold' | 'evaluationPeriods'> {
  readonly says: string;
  readonly runbook: string;
  readonly comparisonOperator?: cloudwatch.ComparisonOperator;
  readonly treatMissingData?: cloudwatch.TreatMissingData;
}

/** @internal */
export interface WorkAlarmProps {
  readonly threshold?: number;
  readonly actions?: cloudwatch.IAlarmAction[];
}

/**
 * Adds one of them. `subject` is whose it is, as the description begins.
 * @internal
 */
export function addWorkAlarm(
  owner: Construct,
  subject: string,
  id: string,
  { threshold, actions = [] }: WorkAlarmProps,
  { says, runbook, ...watch }: WorkWatch,
): cloudwatch.Alarm {
  const scope = new Construct(owner, `${id}Alarm`);
  if (actions.length === 0) acknowledge(scope, 'alarm-without-action');
  const alarm = new cloudwatch.Alarm(scope, 'Resource', {
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    ...watch,
    threshold: threshold ?? watch.threshold,
    alarmDescription: `${subject} ${says}; runbook docs/runbooks/${runbook}.md`,
  });
  alarm.addAlarmAction(...actions);
  return alarm;
}

/**
 * A message that could not be worked.
 * @internal
 */
export const deadLetters = (queue: sqs.IQueue, runbook: string): WorkWatch => ({
  says: 'has messages that could not be worked',
  runbook,
  metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: cloudwatch.Stats.MAXIMUM }),
  threshold: 0,
  evaluationPeriods: 1,
});

/**
 * No whole run of a sweeper for 10 minutes.
 * @internal
 */
export function sweeperLag(sweeper: lambda.IFunction, runbook: string): WorkWatch {
  const sum = { statistic: cloudwatch.Stats.SUM };
  return {
    says: 'is not swept',
    runbook,
    metric: new cloudwatch.MathExpression({
      label: 'Runs that looked after all that was due',
      // A run that is cut short, or fails, ends with an error.
      expression: 'FILL(runs, 0) - FILL(failures, 0)',
      usingMetrics: { runs: sweeper.metricInvocations(sum), failures: sweeper.metricErrors(sum) },
      period: Duration.minutes(5),
    }),
    threshold: 0,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 2,
    // A sweeper that does not run counts nothing.
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  };
}
