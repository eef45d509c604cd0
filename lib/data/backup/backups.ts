import { Duration, Token, Validations } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { createLogKey } from '../../governance/log-key';
import { DataProtection } from '../data-protection';
import { createDataKey } from '../data-key';
import { stackUniqueName } from '../storage/stack-unique-name';
import { BackupRole } from './backup-role';
import { emptyVault } from './emptied-vault';
import type { VaultLock } from './vault-lock';

/**
 * Properties of Backups.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import type { BackupsProps } from 'plinth';
 *
 * const props: BackupsProps = { retention: Duration.days(90) };
 */
export interface BackupsProps {
  /**
   * How long a backup is kept, in whole days, 1 or more.
   * @default Duration.days(30)
   */
  readonly retention?: Duration;

  /**
   * A vault of another region that every backup is copied to and kept in for as long; the region must be one where the data may be.
   * @default - data stays in its region
   */
  readonly copyTo?: backup.IBackupVault;

  /**
   * A lock on the vault.
   * @default - none: the vault's policy refuses to delete backups, and whoever may change it can
   */
  readonly lock?: VaultLock;

  /**
   * What becomes of the vault, its backups and its key. A disposable vault is emptied before it is deleted, and has neither lock nor copies.
   * @default DataProtection.retained()
   */
  readonly protection?: DataProtection;

  /**
   * The key of the vault.
   * @default - a key of the vault's own
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The key of the log of the function that empties a disposable vault, which CloudWatch Logs must be allowed to use.
   * @default - a key of its own where there is such a function, 1 USD a month
   */
  readonly logKey?: kms.IKey;
}

/**
 * Backups every day in a vault that refuses to give them up, beside the backups that a database makes of itself: those go back to any
 * second of the last days, these reach further and survive the database.
 *
 * Only what is added is backed up, as snapshots. It never makes continuous backups, which would take a database's own retention over.
 *
 * Creates the vault, its key unless given, the plan, and a role that may back up what was added and nothing else.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import * as backup from 'aws-cdk-lib/aws-backup';
 * import { Backups } from 'plinth';
 *
 * const inParis = 'arn:aws:backup:eu-west-3:111111111111:backup-vault:copies';
 * new Backups(stack, 'Backups', { copyTo: backup.BackupVault.fromBackupVaultArn(stack, 'Paris', inParis) });
 */
export class Backups extends Construct {
  /** The vault. */
  readonly vault: backup.BackupVault;

  /** The plan. */
  readonly plan: backup.BackupPlan;

  private readonly backupRole: BackupRole;

  constructor(scope: Construct, id: string, props: BackupsProps = {}) {
    super(scope, id);
    const { retention = Duration.days(30), protection = DataProtection.retained() } = props;
    this.check(retention, props.lock);
    if (protection._disposable) this.checkDisposable(props);
    this.vault = this.createVault(props, protection);
    this.plan = this.createPlan(retention, props.copyTo);
    this.backupRole = new BackupRole(this, 'Role', this.vault, props.copyTo);
    if (protection._disposable) this.emptyBeforeDeletion(props.logKey ?? createLogKey(this, 'LogKey', protection.removalPolicy));
  }

  /**
   * Backs a database up.
   * @param database the database
   * @param encryptionKey the key that the database is encrypted with, whose use the role needs for its snapshots
   */
  addDatabase(database: rds.IDatabaseInstance, encryptionKey?: kms.IKey): void {
    this.backupRole.allowDatabase(database.instanceArn, encryptionKey);
    this.plan.addSelection(`Database${database.node.addr.slice(-8)}`, {
      resources: [backup.BackupResource.fromArn(database.instanceArn)],
      role: this.backupRole.role,
      disableDefaultBackupPolicy: true,
    });
  }

  private check(retention: Duration, lock?: VaultLock): void {
    const fault = (prop: string, allowed: string, given: string, change: string) =>
      new Error(`${this.node.path}: ${prop} must be ${allowed}, got ${given}; ${change}`);
    if (Token.isUnresolved(retention)) return;
    const days = retention.toDays({ integral: false });
    if (!Number.isInteger(days) || days < 1) throw fault('retention', '1 whole day or more', `${days} days`, 'take Duration.days(30)');
    if (!lock) return;
    const held = lock.minRetention.toDays({ integral: false });
    if (!Number.isInteger(held) || held < 1 || held > days) {
      throw fault('lock', `for 1 day up to the retention (${days} days)`, `${held} days`, 'backups of a longer lock fail: raise retention');
    }
    if (lock.graceTime && lock.graceTime.toDays({ integral: false }) < 3) {
      const change = 'AWS Backup takes no shorter one';
      throw fault('lock', 'of a grace time of 3 days or more', `${lock.graceTime.toDays({ integral: false })} days`, change);
    }
  }

  private checkDisposable({ lock, copyTo }: BackupsProps): void {
    const given = lock ? 'lock' : copyTo && 'copyTo';
    if (!given) return;
    const why = lock ? 'nobody could empty a locked vault' : 'copies would stay behind in the other vault';
    const change = `${why}: leave it out, or take DataProtection.retained()`;
    throw new Error(`${this.node.path}: ${given} must be left out with DataProtection.disposable(), got one; ${change}`);
  }

  /** After the plan is gone, which makes backups, and before the role is, with which AWS Backup deletes them. */
  private emptyBeforeDeletion(logKey: kms.IKey): void {
    const emptied = emptyVault(this, this.vault, logKey);
    emptied.node.addDependency(this.backupRole);
    this.plan.node.addDependency(emptied);
  }

  private createVault({ lock, encryptionKey }: BackupsProps, protection: DataProtection): backup.BackupVault {
    const name = stackUniqueName(this, 'vault');
    const vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: name,
      encryptionKey: encryptionKey ?? createDataKey(this, 'Key', protection),
      blockRecoveryPointDeletion: protection.deletionProtection,
      lockConfiguration: lock && { minRetention: lock.minRetention, changeableFor: lock.graceTime },
      removalPolicy: protection.removalPolicy,
    });
    if (lock?.graceTime) {
      Validations.of(vault).addWarning(
        'plinth:vault-compliance-lock',
        `${this.node.path}: the lock of the vault cannot be removed ${lock.graceTime.toDays()} days after its deployment, by anyone`,
      );
    }
    return vault;
  }

  private createPlan(retention: Duration, copyTo?: backup.IBackupVault): backup.BackupPlan {
    const rule = new backup.BackupPlanRule({
      ruleName: 'daily',
      backupVault: this.vault,
      // Before a database's own backups at 03:00, and with an hour to begin in.
      scheduleExpression: Schedule.cron({ hour: '1', minute: '0' }),
      startWindow: Duration.hours(1),
      completionWindow: Duration.hours(8),
      deleteAfter: retention,
      enableContinuousBackup: false,
      copyActions: copyTo && [{ destinationBackupVault: copyTo, deleteAfter: retention }],
    });
    return new backup.BackupPlan(this, 'Plan', { backupPlanRules: [rule] });
  }
}
