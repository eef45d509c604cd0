import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { acknowledge } from '../../governance/exceptions';
import type { DatabaseBootstrap } from './database-bootstrap';
import type { DatabaseAlarmProps } from './vector-database-alarms';

/**
 * The alarms of a bootstrap. What fails in the deployment itself has none, as CloudFormation tells of it.
 *
 * @example
 * import { DatabaseBootstrap, DatabaseBootstrapAlarms, Migrations, Network, VectorDatabase } from 'plinth';
 *
 * const { vpc } = new Network(stack, 'Network');
 * const database = new VectorDatabase(stack, 'Database', { vpc });
 * const migrations = Migrations.fromFolder('examples/migrations');
 * DatabaseBootstrapAlarms.of(new DatabaseBootstrap(stack, 'Bootstrap', { vpc, database, migrations })).addAll();
 */
export class DatabaseBootstrapAlarms {
  /**
   * The alarms of one bootstrap.
   * @param bootstrap the bootstrap to watch
   */
  static of(bootstrap: DatabaseBootstrap): DatabaseBootstrapAlarms {
    return new DatabaseBootstrapAlarms(bootstrap);
  }

  private constructor(private readonly bootstrap: DatabaseBootstrap) {}

  /**
   * Every alarm there is.
   * @param props actions
   */
  addAll(props: DatabaseAlarmProps = {}): cloudwatch.Alarm[] {
    return this.addLongMigrationFailures(props);
  }

  /**
   * The task of long migrations failed, was killed, or could not start. A bootstrap without long migrations has no such alarm.
   * @param props actions
   */
  addLongMigrationFailures(props: DatabaseAlarmProps = {}): cloudwatch.Alarm[] {
    const { actions = [] } = props;
    const long = this.bootstrap._long;
    if (!long) return [];
    const alarm = new cloudwatch.Alarm(this.bootstrap, 'LongMigrationFailures', {
      alarmDescription: `Long migrations of ${this.bootstrap.node.path} failed; runbook docs/runbooks/database-long-migration.md`,
      metric: new cloudwatch.Metric({
        namespace: 'AWS/Events',
        metricName: 'Invocations',
        dimensionsMap: { RuleName: long.failures.ruleName },
        statistic: cloudwatch.Stats.SUM,
        period: Duration.minutes(1),
      }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...actions);
    if (actions.length === 0) acknowledge(alarm, 'alarm-without-action');
    return [alarm];
  }
}
