import {
  DescribeDBInstancesCommand,
  DescribeEventsCommand,
  type DescribeEventsCommandOutput,
  ModifyDBInstanceCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { Instance } from './decide';
import type { Growth, Instances } from './grow';

/** What RDS calls a change of a disk in its events, by whomever: `Applying modification to allocated storage` and its end. */
const STORAGE_EVENT = /allocated storage/i;

/** What RDS says while another change is under way. */
const BUSY = /being optimized|storage-optimization|already (being )?modified/i;

/** Instances of Amazon RDS. */
export class RdsInstances implements Instances {
  constructor(private readonly client: Pick<RDSClient, 'send'>) {}

  async describe(identifier: string): Promise<Instance> {
    const { DBInstances = [] } = await this.client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
    const [found] = DBInstances;
    if (!found?.AllocatedStorage) throw new Error('the instance must have an allocated storage, got none; look whether it was deleted');
    return {
      identifier,
      status: found.DBInstanceStatus ?? 'unknown',
      allocatedGib: found.AllocatedStorage,
      pendingGib: found.PendingModifiedValues?.AllocatedStorage,
      storageOperation: found.StorageOperationStatus,
      storageType: found.StorageType ?? 'unknown',
      iops: found.Iops,
      throughput: found.StorageThroughput,
    };
  }

  async lastChange(identifier: string, withinMs: number): Promise<Date | undefined> {
    const dates: Date[] = [];
    let marker: string | undefined;
    do {
      const page: DescribeEventsCommandOutput = await this.client.send(
        new DescribeEventsCommand({
          SourceType: 'db-instance',
          SourceIdentifier: identifier,
          Duration: withinMs / 60_000,
          Marker: marker,
        }),
      );
      dates.push(...(page.Events ?? []).flatMap(({ Message = '', Date: date }) => (date && STORAGE_EVENT.test(Message) ? [date] : [])));
      marker = page.Marker;
    } while (marker);
    return dates.toSorted((one, other) => other.getTime() - one.getTime())[0];
  }

  async grow({ identifier, toGib, maxGib, iops, throughput }: Growth): Promise<boolean> {
    try {
      await this.client.send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: identifier,
          AllocatedStorage: toGib,
          MaxAllocatedStorage: maxGib,
          Iops: iops,
          StorageThroughput: throughput,
          ApplyImmediately: true,
        }),
      );
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name.startsWith('InvalidDBInstanceState') || BUSY.test(error.message);
}
