import { type Container, DISPOSABLE } from '../shared/emptying';
import type { BackupApi } from './backup-api';

export interface RecoveryPoint {
  readonly RecoveryPointArn: string;
  readonly Status: string;
}

/** Nothing can be done to these but wait. */
const ON_THE_WAY = ['CREATING', 'DELETING'];

/** Faults that pass: the point is busy, or AWS Backup is. */
const PASSING = ['InvalidResourceStateException', 'ServiceUnavailableException', 'ThrottlingException', 'TooManyRequestsException'];

/** A backup vault with its recovery points, which AWS Backup removes some time after it was asked to. */
export class BackupVault implements Container<RecoveryPoint> {
  private readonly path: string;

  constructor(
    private readonly api: Pick<BackupApi, 'call'>,
    private readonly arn: string,
  ) {
    this.path = `/backup-vaults/${encodeURIComponent(arn.split(':').at(-1) ?? '')}`;
  }

  async isDisposable(): Promise<boolean> {
    try {
      const { Tags = {} } = (await this.api.call('GET', `/tags/${encodeURIComponent(this.arn)}/`)) as { Tags?: Record<string, string> };
      return Tags[DISPOSABLE] === 'true';
    } catch (error) {
      if (isNamed(error, ['ResourceNotFoundException'])) return false;
      throw error;
    }
  }

  async content(): Promise<readonly RecoveryPoint[]> {
    const page = (await this.api.call('GET', `${this.path}/recovery-points/`, { maxResults: '1000' })) as {
      RecoveryPoints?: RecoveryPoint[];
    };
    return page.RecoveryPoints ?? [];
  }

  /** None is gone at once, so that the next look is always a pause away. */
  async remove(points: readonly RecoveryPoint[]): Promise<number> {
    for (const { RecoveryPointArn, Status } of points) if (!ON_THE_WAY.includes(Status)) await this.delete(RecoveryPointArn);
    return 0;
  }

  private async delete(point: string): Promise<void> {
    try {
      await this.api.call('DELETE', `${this.path}/recovery-points/${encodeURIComponent(point)}`);
    } catch (error) {
      if (!isNamed(error, [...PASSING, 'ResourceNotFoundException'])) throw error;
    }
  }
}

function isNamed(error: unknown, names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
