import { batches } from './batches';
import { streamName } from './stream-name';
import type { LogEvent, SubscriptionMessage } from './subscription-message';

/** How many events of a batch were refused, by reason; repeating the batch would not change that. */
export interface Rejection {
  readonly tooOld: number;
  readonly tooNew: number;
  readonly expired: number;
}

/** The log that errors are gathered in. */
export interface ErrorLog {
  /** Writes a batch to a stream, which it makes when missing; rejects when nothing was written. */
  write(stream: string, batch: readonly LogEvent[]): Promise<Rejection | undefined>;
}

/** Writes a message's lines to the error log; a failure is thrown, so that Lambda delivers the message again. */
export async function copyErrors(
  message: SubscriptionMessage,
  errorLog: ErrorLog,
  reportRejection: (stream: string, rejection: Rejection) => void,
): Promise<void> {
  // A control message asks whether the destination is reachable; it carries no lines of the source.
  if (message.messageType === 'CONTROL_MESSAGE') return;
  if (message.messageType !== 'DATA_MESSAGE') {
    throw new Error(`messageType must be DATA_MESSAGE or CONTROL_MESSAGE, got ${message.messageType}`);
  }
  const stream = streamName(message.logGroup, message.logStream);
  for (const batch of batches(message.logEvents)) {
    const rejection = await errorLog.write(stream, batch);
    if (rejection) reportRejection(stream, rejection);
  }
}
