import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { FunctionSchedule } from '../../functions/function-schedule';
import { PlatformFunction } from '../../functions/platform-function';
import { acknowledge } from '../../governance/exceptions';
import { DataProtection } from '../data-protection';
import type { VectorDatabase } from './vector-database';

/**
 * Whose disk grows.
 *
 * @example
 * import { type DatabaseStorageGrowthProps, Network, VectorDatabase } from 'plinth';
 *
 * const { vpc } = new Network(stack, 'Network');
 * const props: DatabaseStorageGrowthProps = { database: new VectorDatabase(stack, 'Database', { vpc }) };
 */
export interface DatabaseStorageGrowthProps {
  /** The database, which with its replicas grows up to its `size.maxStorage`. */
  readonly database: VectorDatabase;

  /**
   * What the alarm does when a disk is to grow and does not.
   * @default - nothing: it is shown in the console only
   */
  readonly actions?: cloudwatch.IAlarmAction[];

  /**
   * What becomes of the log of the function when it is removed.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;
}

const LOOK_EVERY = 'rate(5 minutes)';

/**
 * Makes the disks of a database larger at 85 % use, by a fifth or 10 GiB, whichever is more, up to `size.maxStorage`; a replica is never
 * much smaller than its source. RDS's own growth at 90 % stays as the net below it.
 *
 * A disk is left alone while RDS changes its instance or moves its blocks, and for six hours after any change, as RDS takes no other. It
 * never shrinks, and two runs at once make it grow once.
 *
 * Creates a function outside the VPC, which may modify these instances and no others, its log group, a schedule of five minutes, and an
 * alarm.
 *
 * @example
 * import { DatabaseStorageGrowth, Network, VectorDatabase } from 'plinth';
 *
 * const { vpc } = new Network(stack, 'Network');
 * const database = new VectorDatabase(stack, 'Database', { vpc });
 * new DatabaseStorageGrowth(stack, 'StorageGrowth', { database });
 */
export class DatabaseStorageGrowth extends Construct {
  /** Goes off when a disk was to grow and did not, three times in a row. */
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: DatabaseStorageGrowthProps) {
    super(scope, id);
    const { database, protection = DataProtection.retained() } = props;
    const instances = [database.instance, ...database.replicas];
    const growth = new PlatformFunction(this, 'Function', {
      bundle: 'storage-growth',
      description: 'Makes the disks of a database larger before they are full',
      logKey: database.logKey,
      timeout: Duration.seconds(60),
      environment: {
        DATABASE_INSTANCES: instances.map(({ instanceIdentifier }) => instanceIdentifier).join(','),
        STORAGE_LIMIT_GIB: String(database._size.maxStorage.toGibibytes()),
      },
    });
    growth.logGroup.applyRemovalPolicy(protection.removalPolicy);
    this.allowGrowth(growth.role, instances);
    new FunctionSchedule(this, 'Schedule', {
      function: growth.function,
      description: `Looks at the disks of ${database.node.path}`,
      expression: LOOK_EVERY,
    });
    this.alarm = this.createAlarm(growth, database, props.actions);
  }

  private allowGrowth(role: iam.Role, instances: readonly rds.IDatabaseInstance[]): void {
    const resources = instances.map(({ instanceIdentifier }) =>
      Stack.of(this).formatArn({
        service: 'rds',
        resource: 'db',
        resourceName: instanceIdentifier,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance'], resources }));
    // These two know no resources.
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['rds:DescribeEvents', 'cloudwatch:GetMetricStatistics'], resources: ['*'] }),
    );
  }

  private createAlarm(
    { function: growth }: PlatformFunction,
    database: VectorDatabase,
    actions: cloudwatch.IAlarmAction[] = [],
  ): cloudwatch.Alarm {
    const alarm = new cloudwatch.Alarm(this, 'Failures', {
      metric: growth.metricErrors({ period: Duration.minutes(5) }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription:
        `The disk of database ${database.node.path} is to grow and does not: it is at its limit, or RDS refuses; ` +
        'runbook docs/runbooks/database-storage-growth.md',
    });
    if (actions.length === 0) acknowledge(alarm, 'alarm-without-action');
    alarm.addAlarmAction(...actions);
    return alarm;
  }
}
