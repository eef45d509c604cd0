import { App, Stack } from 'aws-cdk-lib';
import { ALL_FLAGS, NO_FLAGS } from '../../support/feature-flags';
import { findingsOf } from '../../support/findings';
import { Duration } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as backup from 'aws-cdk-lib/aws-backup';
import { Backups, VaultLock } from '../../../lib/data/backup';
import { DataProtection } from '../../../lib/data/data-protection';

const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000';
const VAULT = 'arn:aws:backup:eu-west-3:111111111111:backup-vault:copies';

function addDatabase(stack: Stack, backups: Backups): void {
  const database = rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Database', {
    instanceIdentifier: 'database',
    instanceEndpointAddress: 'database.example.com',
    port: 5432,
    securityGroups: [],
  });
  backups.addDatabase(database, kms.Key.fromKeyArn(stack, 'DatabaseKey', KEY));
}

const SUBJECTS: { readonly [name: string]: (stack: Stack) => void } = {
  'kept backups': (stack) => addDatabase(stack, new Backups(stack, 'Backups')),
  'disposable backups for seven days': (stack) =>
    addDatabase(stack, new Backups(stack, 'Backups', { retention: Duration.days(7), protection: DataProtection.disposable() })),
  'locked backups with copies': (stack) => {
    const copyTo = backup.BackupVault.fromBackupVaultArn(stack, 'Copies', VAULT);
    addDatabase(stack, new Backups(stack, 'Backups', { copyTo, lock: VaultLock.governance(Duration.days(14)) }));
  },
};

describe.each(Object.entries(SUBJECTS))('%s', (_, make) => {
  describe.each([
    ['no feature flag', NO_FLAGS],
    ['every feature flag', ALL_FLAGS],
  ])('with %s', (_flags, context) => {
    const app = new App({ context });
    make(new Stack(app, 'Stack'));
    const { open, acknowledged } = findingsOf(app);

    test('has no finding', () => {
      expect(open).toEqual([]);
    });

    test('accepts findings by the table of families alone', () => {
      expect(acknowledged.filter(({ family }) => family === undefined)).toEqual([]);
    });
  });
});
