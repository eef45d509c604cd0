import { setTimeout as sleep } from 'node:timers/promises';
import { snapshotCommand } from './command';

/** The command, with the account of AWS; its clients are loaded when it runs, as no other command needs them. */
export const snapshot = snapshotCommand({
  cloud: async (region) => {
    const { AwsCloud, clientsOf } = await import('./cloud-aws.js');
    return new AwsCloud(clientsOf(region));
  },
  clock: { now: () => new Date(), sleep: (ms) => sleep(ms) },
});
