import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { FunctionSchedule } from '../../functions/function-schedule';
import { PlatformFunction } from '../../functions/platform-function';
import { acknowledge } from '../../governance/exceptions';
import { createLogKey } from '../../governance/log-key';
import type { ContentBucket } from '../storage/content-bucket';
import { createExportBucket } from './export-bucket';
import type { VectorDatabase } from './vector-database';

/**
 * What is exported, and where to.
 *
 * @example
 * import { Network, VectorDatabase, type VectorExportProps } from 'plinth';
 *
 * const { vpc } = new Network(stack, 'Network');
 * const props: VectorExportProps = { vpc, database: new VectorDatabase(stack, 'Database', { vpc }) };
 */
export interface VectorExportProps {
  /** The network, with private subnets that reach S3. */
  readonly vpc: ec2.IVpc;

  /** The database, brought to what it has to be by a DatabaseBootstrap. */
  readonly database: VectorDatabase;

  /**
   * Where the exports go, below `exports/`.
   * @default - a bucket of its own, in which they are kept for 30 days
   */
  readonly bucket?: ContentBucket;

  /**
   * The key of the log group, which CloudWatch Logs must be allowed to use.
   * @default - a key of its own, 1 USD a month
   */
  readonly logKey?: kms.IKey;

  /**
   * What the alarm does when there has been no export for 26 hours.
   * @default - nothing: it is shown in the console only
   */
  readonly actions?: cloudwatch.IAlarmAction[];
}

/** The database user that the bootstrap makes for it. */
const USER = 'exporter';

const DAILY = 'cron(0 2 * * ? *)';
const TIMEOUT = Duration.minutes(15);
/** A whole CPU: what compresses the rows is what takes the time. */
const MEMORY_MB = 1769;
const LONGEST_HOURS_WITHOUT = 26;

/**
 * Exports every vector table of a database once a day to object storage: vectors with their metadata, enrichments and contents, and the
 * search analytics, all as of one moment, so that they can be brought back without the database or into another store.
 *
 * An export counts once its manifest is there, which is written last and names every part with its checksum. A second run of a day changes
 * nothing; one that failed is made again.
 *
 * Creates a function in the private subnets that reads as the database user `exporter`, its role, log group and security group, a schedule
 * of 02:00 UTC, an alarm, and a bucket unless one is given.
 *
 * @example
 * import { DatabaseBootstrap, Network, VectorDatabase, VectorExport } from 'plinth';
 *
 * const { vpc } = new Network(stack, 'Network');
 * const database = new VectorDatabase(stack, 'Database', { vpc });
 * new DatabaseBootstrap(stack, 'Bootstrap', { vpc, database });
 * new VectorExport(stack, 'VectorExport', { vpc, database });
 */
export class VectorExport extends Construct {
  /** Where the exports are. */
  readonly bucket: ContentBucket;

  /** Goes off when no export succeeded for 26 hours. */
  readonly alarm: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: VectorExportProps) {
    super(scope, id);
    const { database } = props;
    this.bucket = props.bucket ?? createExportBucket(this, 'Bucket', { encryptionKey: database.encryptionKey, logKey: props.logKey });
    const exporter = this.createFunction(props);
    database.grantConnect(exporter.role, USER);
    this.bucket.grantReadWrite(exporter.role);
    new FunctionSchedule(this, 'Schedule', {
      function: exporter.function,
      description: `Exports the vectors of ${database.node.path}`,
      expression: DAILY,
    });
    this.alarm = this.createAlarm(exporter, database, props.actions);
  }

  private createFunction({ vpc, database, logKey = createLogKey(this, 'LogKey') }: VectorExportProps): PlatformFunction {
    const toAws = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: `Export of ${database.node.path}`,
      allowAllOutbound: false,
    });
    toAws.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'To S3');
    // By its id, so that rules about it stand here.
    const { securityGroupId } = database.clients;
    const clients = ec2.SecurityGroup.fromSecurityGroupId(this, 'Clients', securityGroupId, { mutable: false });
    const { instance, databaseName } = database;
    return new PlatformFunction(this, 'Function', {
      bundle: 'vector-export',
      description: 'Exports the vectors of a database to object storage',
      logKey,
      timeout: TIMEOUT,
      memoryMb: MEMORY_MB,
      vpc,
      securityGroups: [clients, toAws],
      environment: {
        DATABASE_HOST: instance.dbInstanceEndpointAddress,
        DATABASE_PORT: instance.dbInstanceEndpointPort,
        DATABASE_NAME: databaseName,
        DATABASE_USER: USER,
        DATABASE_POOL_MAX: '1',
        DATABASE_STATEMENT_TIMEOUT_MS: '60000',
        EXPORT_BUCKET: this.bucket.bucket.bucketName,
      },
    });
  }

  private createAlarm(
    { function: exporter }: PlatformFunction,
    database: VectorDatabase,
    actions: cloudwatch.IAlarmAction[] = [],
  ): cloudwatch.Alarm {
    const alarm = new cloudwatch.Alarm(this, 'Overdue', {
      // Every run reports 0 or 1: the least of an hour is 1 only where no run of it succeeded.
      metric: exporter.metricErrors({ period: Duration.hours(1), statistic: cloudwatch.Stats.MINIMUM }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: LONGEST_HOURS_WITHOUT,
      // An hour without a run is one without an export.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      alarmDescription:
        `The vectors of database ${database.node.path} have not been exported for ${LONGEST_HOURS_WITHOUT} hours; ` +
        'runbook docs/runbooks/vector-export.md',
    });
    if (actions.length === 0) acknowledge(alarm, 'alarm-without-action');
    alarm.addAlarmAction(...actions);
    return alarm;
  }
}
