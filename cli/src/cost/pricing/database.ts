import { charges, type Charge, counted, type Gap } from '../charge';
import { DATABASE_INSTANCES } from '../instance-prices';
import { DAYS, HOURS } from '../price';
import { PRICES } from '../prices';
import type { Pricer } from '../pricer';
import type { StageResource } from '../stage-resources';
import type { Usage } from '../usage';
import { isOn, numberIn, textIn } from '../values';

const instanceCharge = charges('RDS', 'database');
const storageCharge = charges('RDS', 'database storage');
const backupCharge = charges('RDS', 'backups');

/** What gp3 gives for nothing, below and from 400 GB on. */
const BASELINES = [
  { iops: 3000, throughput: 125 },
  { iops: 12000, throughput: 500 },
];

/** An instance, or a replica with the disk of its source. */
export const databaseInstance: Pricer = (resource, surroundings) => {
  const { properties } = resource;
  const source = surroundings.stage.named(properties.SourceDBInstanceIdentifier);
  if (properties.SourceDBInstanceIdentifier !== undefined && !source)
    return [{ reason: 'its source, whose disk it has, is not in the templates' }];
  const engine = properties.Engine ?? source?.properties.Engine;
  if (engine !== 'postgres') return [{ reason: `the price of the engine ${textIn(engine, 'none')} is not in the table` }];
  const zones = isOn(properties.MultiAZ) ? 2 : 1;
  return [
    ...instance(textIn(properties.DBInstanceClass, 'none'), zones),
    ...storage(resource, source, zones),
    ...(source ? [] : backups(properties, surroundings.usage)),
    ...monitoring(properties),
    ...insights(properties),
  ];
};

function instance(instanceClass: string, zones: number): (Charge | Gap)[] {
  const price = DATABASE_INSTANCES[instanceClass];
  if (!price) return [{ reason: `the price of ${instanceClass} is not in the table` }];
  return [instanceCharge(price, [zones, instanceClass], [HOURS, 'h'])];
}

function storage({ properties }: StageResource, source: StageResource | undefined, zones: number): (Charge | Gap)[] {
  const said = (name: string) => properties[name] ?? source?.properties[name];
  const type = textIn(said('StorageType'), 'gp2');
  const size = numberIn(said('AllocatedStorage'));
  if (type !== 'gp2' && type !== 'gp3') return [{ reason: `the price of ${type} storage is not in the table` }];
  if (size === undefined) return [{ reason: 'its allocated storage is not in the templates' }];
  const baseline = BASELINES[size >= 400 ? 1 : 0];
  const iops = (numberIn(said('Iops')) ?? baseline.iops) - baseline.iops;
  const throughput = (numberIn(said('StorageThroughput')) ?? baseline.throughput) - baseline.throughput;
  const copies = counted(zones, 'copy', 'copies');
  return [
    storageCharge(PRICES.databaseStorage, copies, [size, `GB of ${type}`]),
    ...(iops > 0 ? [storageCharge(PRICES.databaseIops, copies, [iops, 'IOPS over the baseline'])] : []),
    ...(throughput > 0 ? [storageCharge(PRICES.databaseThroughput, copies, [throughput, 'MB/s over the baseline'])] : []),
  ];
}

/** Its own backups are free up to the size of the disk; copies in another region are not. */
function backups(properties: StageResource['properties'], usage: Usage): Charge[] {
  const days = numberIn(properties.BackupRetentionPeriod) ?? 1;
  const kept = days === 0 ? 0 : usage.databaseUsedGb + usage.databaseChangedGbPerDay * days;
  const over = kept - (numberIn(properties.AllocatedStorage) ?? 0);
  const elsewhere = properties.AutomaticBackupReplicationRegion !== undefined;
  return [
    ...(over > 0 ? [backupCharge(PRICES.databaseBackup, [over, 'GB over the size of the disk'])] : []),
    ...(elsewhere
      ? [
          backupCharge(PRICES.databaseBackup, [kept, 'GB in another region']),
          backupCharge(PRICES.transferBetweenRegions, [usage.databaseChangedGbPerDay * DAYS, 'GB to another region']),
        ]
      : []),
  ];
}

const KB_PER_SAMPLE = 8;

/** Enhanced monitoring is paid as logs. */
function monitoring({ MonitoringInterval }: StageResource['properties']): Charge[] {
  const interval = numberIn(MonitoringInterval) ?? 0;
  if (interval === 0) return [];
  const gb = ((HOURS * 3600) / interval) * (KB_PER_SAMPLE / 1e6);
  return [charges('CloudWatch', 'logs and metrics')(PRICES.logIngestion, [gb, 'GB of enhanced monitoring'])];
}

const FREE_INSIGHTS_DAYS = 7;

function insights({ DatabaseInsightsMode, PerformanceInsightsRetentionPeriod }: StageResource['properties']): Gap[] {
  const longer = (numberIn(PerformanceInsightsRetentionPeriod) ?? FREE_INSIGHTS_DAYS) > FREE_INSIGHTS_DAYS;
  return longer || DatabaseInsightsMode === 'advanced'
    ? [{ reason: `the price of Performance Insights over ${FREE_INSIGHTS_DAYS} days is not in the table` }]
    : [];
}
