import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { RDSClient } from '@aws-sdk/client-rds';
import { disksOf } from './config';
import { CloudWatchFreeSpace } from './free-space-cloudwatch';
import { growStorage } from './grow';
import { RdsInstances } from './instances-rds';

const disks = disksOf(process.env);
const dependencies = {
  instances: new RdsInstances(new RDSClient({})),
  space: new CloudWatchFreeSpace(new CloudWatchClient({}), () => new Date()),
  log: (line: { readonly [name: string]: unknown }) => console.info(line),
};

/** What it throws is counted, and alarmed on: a disk is to grow and did not. */
export async function handler(): Promise<void> {
  await growStorage(disks, dependencies);
}
