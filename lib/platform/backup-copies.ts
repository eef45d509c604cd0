import { Token } from 'aws-cdk-lib';
import type { BackupReplication } from '../data/database/database-backups';

/**
 * Where else the backups of a platform are kept. Data leaves its region with them, so name one where it may be.
 *
 * @example
 * import type { BackupCopies } from 'plinth';
 *
 * const backupCopies: BackupCopies = {
 *   replication: {
 *     region: 'eu-west-1',
 *     encryptionKeyArn: 'arn:aws:kms:eu-west-1:333333333333:key/00000000-0000-0000-0000-000000000000',
 *   },
 *   vaultArn: 'arn:aws:backup:eu-west-1:333333333333:backup-vault:copies',
 * };
 */
export interface BackupCopies {
  /**
   * A second region from whose backups the database can be restored to any second of its last days.
   * @default - the database's own backups stay in its region
   */
  readonly replication?: BackupReplication;

  /**
   * The ARN of a vault that every daily backup is copied to, and kept in for as long.
   * @default - daily backups stay in the platform's vault
   */
  readonly vaultArn?: string;
}

const VAULT = /^arn:[\w-]+:backup:[a-z0-9-]+:\d{12}:backup-vault:[\w-]{2,50}$/;

/** @internal */
export function checkBackupCopies(path: string, { vaultArn }: BackupCopies): void {
  if (vaultArn === undefined || Token.isUnresolved(vaultArn) || VAULT.test(vaultArn)) return;
  const change = 'take it from the stack of the other vault';
  throw new Error(`${path}: backupCopies.vaultArn must be the ARN of a backup vault, got ${vaultArn}; ${change}`);
}
