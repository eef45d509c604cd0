import { Duration } from 'aws-cdk-lib';

/**
 * How firmly a backup vault holds its backups, beyond its access policy.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import { VaultLock } from 'plinth';
 *
 * const lock = VaultLock.governance(Duration.days(14));
 */
export class VaultLock {
  /**
   * Backups younger than this cannot be deleted, until someone with the permission to removes the lock.
   * @param minRetention how long a backup is held, 1 day up to the retention of the backups
   */
  static governance(minRetention: Duration): VaultLock {
    return new VaultLock(minRetention);
  }

  /**
   * Backups younger than this cannot be deleted by anyone, AWS included, and after the grace time the lock cannot be removed either:
   * neither can the vault, nor the account be closed, before the last backup has expired.
   * @param minRetention how long a backup is held, 1 day up to the retention of the backups
   * @param graceTime how long the lock can still be removed, 3 days or more
   */
  static compliance(minRetention: Duration, graceTime: Duration = Duration.days(3)): VaultLock {
    return new VaultLock(minRetention, graceTime);
  }

  /** How long a backup is held. */
  readonly minRetention: Duration;

  /**
   * How long the lock can still be removed.
   * @default - for ever
   */
  readonly graceTime?: Duration;

  private constructor(minRetention: Duration, graceTime?: Duration) {
    this.minRetention = minRetention;
    this.graceTime = graceTime;
  }
}
