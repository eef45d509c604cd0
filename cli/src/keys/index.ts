import { keysCommand } from './command';

/** The command, with the account of AWS; its clients are loaded when it runs, as no other command needs them. */
export const keys = keysCommand({
  cloud: async (region) => {
    const { AwsCloud, clientsOf } = await import('../snapshot/cloud-aws.js');
    return new AwsCloud(clientsOf(region));
  },
  store: async (region, tableName) => {
    const { openKeyStore } = await import('./key-store-aws.js');
    return openKeyStore(region, tableName);
  },
  now: Date.now,
});
