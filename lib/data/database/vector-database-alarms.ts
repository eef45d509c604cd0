import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { acknowledge } from '../../governance/exceptions';
import type { VectorDatabase } from './vector-database';

/**
 * What the alarms of a database do.
 *
 * @example
 * import { Network, VectorDatabase, VectorDatabaseAlarms, type DatabaseAlarmProps } from 'plinth';
 *
 * const props: DatabaseAlarmProps = { actions: [] };
 * const { vpc } = new Network(stack, 'Network');
 * VectorDatabaseAlarms.of(new VectorDatabase(stack, 'Database', { vpc })).addConnections(props);
 */
export interface DatabaseAlarmProps {
  /**
   * What an alarm does when it goes off.
   * @default - nothing: it is shown in the console only
   */
  readonly actions?: cloudwatch.IAlarmAction[];
}

/** CPU credits that an instance of a burstable class earns in an hour. */
const CREDITS_AN_HOUR: { readonly [size: string]: number } = { micro: 12, small: 24, medium: 24, large: 36, xlarge: 96, '2xlarge': 192 };

/** Free space, in percent of the disk to begin with: RDS itself makes the disk larger at 10. */
const LEAST_FREE_PERCENT = 15;
const MOST_CONNECTIONS_PERCENT = 80;
const MOST_LAG = Duration.minutes(1);

interface Condition extends Pick<cloudwatch.AlarmProps, 'threshold' | 'comparisonOperator' | 'evaluationPeriods'> {
  readonly says: string;
  readonly runbook: string;
  readonly treatMissingData?: cloudwatch.TreatMissingData;
}

/**
 * The alarms of a database and its replicas, a runbook each.
 *
 * @example
 * import { Network, VectorDatabase, VectorDatabaseAlarms } from 'plinth';
 *
 * const { vpc } = new Network(stack, 'Network');
 * VectorDatabaseAlarms.of(new VectorDatabase(stack, 'Database', { vpc })).addAll();
 */
export class VectorDatabaseAlarms {
  /**
   * The alarms of one database.
   * @param database the database to watch
   */
  static of(database: VectorDatabase): VectorDatabaseAlarms {
    return new VectorDatabaseAlarms(database);
  }

  private constructor(private readonly database: VectorDatabase) {}

  /**
   * Every alarm there is.
   * @param props actions
   */
  addAll(props: DatabaseAlarmProps = {}): cloudwatch.Alarm[] {
    return [
      ...this.addCpuCredits(props),
      ...this.addFreeStorage(props),
      ...this.addConnections(props),
      ...this.addReplicaLag(props),
      ...this.addRotationFailures(props),
    ];
  }

  /**
   * Two hours with less than an hour's CPU credits: from none left on, every hour of a CPU is billed besides. Classes that do not burst
   * have no such alarm.
   * @param props actions
   */
  addCpuCredits(props: DatabaseAlarmProps = {}): cloudwatch.Alarm[] {
    const threshold = creditsAnHour(this.database);
    if (threshold === undefined) return [];
    return this.add('CpuCredits', props, this.instances(), (instance) => instance.metric('CPUCreditBalance', fiveMinutes), {
      says: `has had under ${threshold} CPU credits for two hours`,
      runbook: 'database-cpu-credits',
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 24,
    });
  }

  /**
   * Less than 15 % of the first disk is free: the disk did not grow, or is as large as it may be.
   * @param props actions
   */
  addFreeStorage(props: DatabaseAlarmProps = {}): cloudwatch.Alarm[] {
    const { storage } = this.database._size;
    return this.add('FreeStorage', props, this.instances(), (instance) => instance.metricFreeStorageSpace(fiveMinutes), {
      says: `has less than ${LEAST_FREE_PERCENT} % of ${storage.toGibibytes()} GiB free`,
      runbook: 'database-storage',
      threshold: (storage.toBytes() * LEAST_FREE_PERCENT) / 100,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
    });
  }

  /**
   * Over 80 % of the connections are taken.
   * @param props actions
   */
  addConnections(props: DatabaseAlarmProps = {}): cloudwatch.Alarm[] {
    const { maxConnections } = this.database._size;
    return this.add('Connections', props, this.instances(), (instance) => instance.metricDatabaseConnections(oneMinute), {
      says: `has over ${MOST_CONNECTIONS_PERCENT} % of ${maxConnections} connections taken`,
      runbook: 'database-connections',
      threshold: (maxConnections * MOST_CONNECTIONS_PERCENT) / 100,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 5,
    });
  }

  /**
   * A replica is over a minute behind.
   * @param props actions
   */
  addReplicaLag(props: DatabaseAlarmProps = {}): cloudwatch.Alarm[] {
    return this.add('ReplicaLag', props, this.database.replicas, (replica) => replica.metric('ReplicaLag', oneMinute), {
      says: `is over ${MOST_LAG.toSeconds()} seconds behind its source`,
      runbook: 'database-replica-lag',
      threshold: MOST_LAG.toSeconds(),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 10,
      // Replication that has stopped reports nothing.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }

  /**
   * A step of a rotation of the administrator's password failed.
   * @param props actions
   */
  addRotationFailures(props: DatabaseAlarmProps = {}): cloudwatch.Alarm[] {
    const { function: rotation } = this.database._rotation.platformFunction;
    return this.add('RotationFailures', props, [this.database.instance], () => rotation.metricErrors(fiveMinutes), {
      says: "could not be given a new administrator's password",
      runbook: 'database-rotation',
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
    });
  }

  private instances(): rds.IDatabaseInstance[] {
    return [this.database.instance, ...this.database.replicas];
  }

  private add(
    id: string,
    { actions = [] }: DatabaseAlarmProps,
    instances: readonly rds.IDatabaseInstance[],
    metricOf: (instance: rds.IDatabaseInstance) => cloudwatch.Metric,
    { says, runbook, ...condition }: Condition,
  ): cloudwatch.Alarm[] {
    const scope = new Construct(this.database, id);
    if (actions.length === 0) acknowledge(scope, 'alarm-without-action');
    return instances.map((instance) => {
      const alarm = new cloudwatch.Alarm(scope, instance === this.database.instance ? 'Primary' : instance.node.id, {
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        ...condition,
        metric: metricOf(instance),
        alarmDescription: `Database ${instance.node.path} ${says}; runbook docs/runbooks/${runbook}.md`,
      });
      alarm.addAlarmAction(...actions);
      return alarm;
    });
  }
}

const oneMinute = { period: Duration.minutes(1) };
const fiveMinutes = { period: Duration.minutes(5) };

function creditsAnHour({ _size: { instanceType } }: VectorDatabase): number | undefined {
  const name = instanceType.toString();
  if (Token.isUnresolved(name) || !instanceType.isBurstable()) return undefined;
  return CREDITS_AN_HOUR[name.split('.')[1]];
}
