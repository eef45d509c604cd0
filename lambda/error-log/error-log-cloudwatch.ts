import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type PutLogEventsCommandOutput,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { ErrorLog, Rejection } from './copy-errors';
import type { LogEvent } from './subscription-message';

/** The error log as a log group. */
export class CloudWatchErrorLog implements ErrorLog {
  constructor(
    private readonly client: Pick<CloudWatchLogsClient, 'send'>,
    private readonly logGroupName: string,
  ) {}

  async write(stream: string, batch: readonly LogEvent[]): Promise<Rejection | undefined> {
    let answer: PutLogEventsCommandOutput;
    try {
      answer = await this.put(stream, batch);
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      await this.createStream(stream);
      answer = await this.put(stream, batch);
    }
    return rejectionOf(answer, batch.length);
  }

  private put(logStreamName: string, batch: readonly LogEvent[]): Promise<PutLogEventsCommandOutput> {
    const logEvents = batch.map(({ timestamp, message }) => ({ timestamp, message }));
    return this.client.send(new PutLogEventsCommand({ logGroupName: this.logGroupName, logStreamName, logEvents }));
  }

  private async createStream(logStreamName: string): Promise<void> {
    try {
      await this.client.send(new CreateLogStreamCommand({ logGroupName: this.logGroupName, logStreamName }));
    } catch (error) {
      // Another message of the same source was quicker.
      if (!(error instanceof ResourceAlreadyExistsException)) throw error;
    }
  }
}

/** The API gives places in the batch, which is in order of time: too old up to, expired up to, too new from. */
function rejectionOf({ rejectedLogEventsInfo: info }: PutLogEventsCommandOutput, size: number): Rejection | undefined {
  if (!info) return undefined;
  return {
    tooOld: info.tooOldLogEventEndIndex ?? 0,
    tooNew: info.tooNewLogEventStartIndex === undefined ? 0 : size - info.tooNewLogEventStartIndex,
    expired: info.expiredLogEventEndIndex ?? 0,
  };
}
