import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { acknowledge } from '../governance/exceptions';
import type { ApiService } from '../service/api-service';
import { METRIC_NAMESPACE } from '../service/service-metrics';

/**
 * What the alarm on failed keys watches for.
 *
 * @example
 * import type { FailedKeysAlarmProps } from 'plinth';
 *
 * const props: FailedKeysAlarmProps = { threshold: 500 };
 */
export interface FailedKeysAlarmProps {
  /**
   * Failed keys in 5 minutes that are still well; 0 or more.
   * @default 100
   */
  readonly threshold?: number;

  /**
   * What the alarm does when it goes off.
   * @default - nothing: it is shown in the console only
   */
  readonly actions?: cloudwatch.IAlarmAction[];
}

/** One address may have 100 in 5 minutes: from there on it is several, or one client that goes on with an old key. */
const FAILED_IN_FIVE_MINUTES = 100;

/**
 * Metrics and alarms of a service's API keys.
 *
 * @example
 * import { ApiKeyAlarms, ApiKeys, ApiService, Network, ServiceImage } from 'plinth';
 *
 * const api = new ApiService(stack, 'Api', {
 *   vpc: new Network(stack, 'Network').vpc,
 *   image: ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2'),
 *   access: new ApiKeys(stack, 'Keys'),
 * });
 * const failed = ApiKeyAlarms.of(api).metricFailedKeys();
 */
export class ApiKeyAlarms {
  /**
   * The alarms of one service's keys.
   * @param service the service whose gateway asks for keys
   */
  static of(service: ApiService): ApiKeyAlarms {
    return new ApiKeyAlarms(service);
  }

  private constructor(private readonly service: ApiService) {}

  /** The keys that opened nothing, summed over 5 minutes; the gateway counts them. */
  metricFailedKeys(): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRIC_NAMESPACE,
      metricName: 'FailedKeys',
      dimensionsMap: { Service: this.service._serviceName },
      statistic: cloudwatch.Stats.SUM,
      period: Duration.minutes(5),
    });
  }

  /**
   * An alarm when many keys fail.
   * @param props threshold and actions
   */
  addFailedKeys(props: FailedKeysAlarmProps = {}): cloudwatch.Alarm {
    const { threshold = FAILED_IN_FIVE_MINUTES, actions = [] } = props;
    const scope = new Construct(this.service, 'ApiKeyAlarms');
    if (actions.length === 0) acknowledge(scope, 'alarm-without-action');
    const alarm = new cloudwatch.Alarm(scope, 'FailedKeys', {
      alarmDescription: 'Many API keys fail: keys are tried, or a client goes on with an old one; runbook docs/runbooks/failed-keys.md',
      metric: this.metricFailedKeys(),
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...actions);
    return alarm;
  }
}
