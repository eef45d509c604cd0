import { Duration } from 'aws-cdk-lib';

/**
 * Where else a database's backups are kept.
 *
 * @example
 * import type { BackupReplication } from 'plinth';
 *
 * const replication: BackupReplication = {
 *   region: 'eu-west-1',
 *   encryptionKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000',
 * };
 */
export interface BackupReplication {
  /** The other region, such as eu-west-1. */
  readonly region: string;

  /** The ARN of a key of that region, which outlives the backups. */
  readonly encryptionKeyArn: string;
}

/**
 * How long a database can be put back to any second of its past, and where.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import type { DatabaseBackups } from 'plinth';
 *
 * const backups: DatabaseBackups = { retention: Duration.days(14) };
 */
export interface DatabaseBackups {
  /**
   * How far back, 1 to 35 days.
   * @default 7 days
   */
  readonly retention?: Duration;

  /**
   * Backups in a second region, from which the database can be restored there.
   * @default - data stays in its region
   */
  readonly replication?: BackupReplication;
}

/** @internal */
export const BACKUP_RETENTION = Duration.days(7);
