import { call } from '../aws/call';

/** A message as SQS gives it. */
export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: { readonly [name: string]: string };
  readonly MessageAttributes?: {
    readonly [name: string]: { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string };
  };
}

/** A queue as an event source uses it. */
export interface MessageQueue {
  receive(most: number, waitSeconds: number, signal: AbortSignal): Promise<readonly ReceivedMessage[]>;
  remove(messages: readonly ReceivedMessage[]): Promise<void>;
}

/** What one call may name. */
const MOST_ENTRIES = 10;

/** A queue of the emulator. */
export class QueueClient implements MessageQueue {
  constructor(
    private readonly queueUrl: string,
    private readonly emulator: Parameters<typeof call>[0],
  ) {}

  async receive(most: number, waitSeconds: number, signal: AbortSignal): Promise<readonly ReceivedMessage[]> {
    const input = {
      QueueUrl: this.queueUrl,
      MaxNumberOfMessages: Math.min(most, MOST_ENTRIES),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    };
    const { Messages = [] } = await call<{ Messages?: ReceivedMessage[] }>(this.emulator, 'AmazonSQS.ReceiveMessage', input, signal);
    return Messages;
  }

  async remove(messages: readonly ReceivedMessage[]): Promise<void> {
    for (let at = 0; at < messages.length; at += MOST_ENTRIES) {
      const Entries = messages.slice(at, at + MOST_ENTRIES).map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await call(this.emulator, 'AmazonSQS.DeleteMessageBatch', { QueueUrl: this.queueUrl, Entries });
    }
  }
}
