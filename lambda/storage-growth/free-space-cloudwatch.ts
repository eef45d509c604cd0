import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import type { FreeSpace } from './grow';

const WINDOW_MS = 15 * 60 * 1000;
const PERIOD_SECONDS = 60;

/** What RDS measures of a disk every minute. */
export class CloudWatchFreeSpace implements FreeSpace {
  constructor(
    private readonly client: Pick<CloudWatchClient, 'send'>,
    private readonly now: () => Date,
  ) {}

  async free(identifier: string): Promise<number | undefined> {
    const end = this.now();
    const { Datapoints = [] } = await this.client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/RDS',
        MetricName: 'FreeStorageSpace',
        Dimensions: [{ Name: 'DBInstanceIdentifier', Value: identifier }],
        StartTime: new Date(end.getTime() - WINDOW_MS),
        EndTime: end,
        Period: PERIOD_SECONDS,
        Statistics: ['Minimum'],
      }),
    );
    const latest = Datapoints.toSorted((one, other) => timeOf(other) - timeOf(one))[0];
    return latest?.Minimum;
  }
}

function timeOf({ Timestamp }: { readonly Timestamp?: Date }): number {
  return Timestamp?.getTime() ?? 0;
}
