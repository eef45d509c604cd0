import {
  type BackupClient,
  DeleteRecoveryPointCommand,
  ListRecoveryPointsByBackupVaultCommand,
  ListTagsCommand,
} from '@aws-sdk/client-backup';
import { type Container, DISPOSABLE } from '../shared/emptying';

export interface RecoveryPoint {
  readonly arn: string;
  readonly status: string;
}

/** Nothing can be done to these but wait. */
const ON_THE_WAY = ['CREATING', 'DELETING'];

/** Faults that pass: the point is busy, or AWS Backup is. */
const PASSING = ['InvalidResourceStateException', 'ServiceUnavailableException', 'ThrottlingException', 'TooManyRequestsException'];

const PAGE = 1_000;

/** A backup vault with its recovery points, which AWS Backup removes some time after it was asked to. */
export class BackupVault implements Container<RecoveryPoint> {
  private readonly name: string;

  constructor(
    private readonly client: Pick<BackupClient, 'send'>,
    private readonly arn: string,
  ) {
    this.name = arn.split(':').at(-1) ?? '';
  }

  async isDisposable(): Promise<boolean> {
    try {
      const { Tags = {} } = await this.client.send(new ListTagsCommand({ ResourceArn: this.arn }));
      return Tags[DISPOSABLE] === 'true';
    } catch (error) {
      if (isNamed(error, ['ResourceNotFoundException'])) return false;
      throw error;
    }
  }

  async content(): Promise<readonly RecoveryPoint[]> {
    const command = new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: this.name, MaxResults: PAGE });
    const { RecoveryPoints = [] } = await this.client.send(command);
    return RecoveryPoints.map(({ RecoveryPointArn = '', Status = '' }) => ({ arn: RecoveryPointArn, status: Status }));
  }

  /** None is gone at once, so that the next look is always a pause away. */
  async remove(points: readonly RecoveryPoint[]): Promise<number> {
    for (const { arn, status } of points) if (!ON_THE_WAY.includes(status)) await this.delete(arn);
    return 0;
  }

  private async delete(arn: string): Promise<void> {
    try {
      await this.client.send(new DeleteRecoveryPointCommand({ BackupVaultName: this.name, RecoveryPointArn: arn }));
    } catch (error) {
      if (!isNamed(error, [...PASSING, 'ResourceNotFoundException'])) throw error;
    }
  }
}

function isNamed(error: unknown, names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
