import { fieldsOf, textOf } from '../model/stage-model';
import type { ReceivedMessage } from './queue-client';

/** The event that Lambda makes of messages. */
export function eventOf(messages: readonly ReceivedMessage[], arn: string, region: string): { readonly Records: readonly object[] } {
  return {
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: attributesOf(message),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      awsRegion: region,
    })),
  };
}

function attributesOf({ MessageAttributes = {} }: ReceivedMessage) {
  const entries = Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => {
    return [
      name,
      { stringValue: StringValue, binaryValue: BinaryValue, stringListValues: [], binaryListValues: [], dataType: DataType },
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** The messages that an answer names as failed: all of them when it names one that is not of the batch, as Lambda has it. */
export function failedOf(answer: unknown, messages: readonly ReceivedMessage[]): readonly ReceivedMessage[] {
  const { batchItemFailures } = fieldsOf(answer);
  if (batchItemFailures === undefined || batchItemFailures === null) return [];
  if (!Array.isArray(batchItemFailures)) return messages;
  const named = batchItemFailures.map((item) => textOf(fieldsOf(item).itemIdentifier));
  const failed = messages.filter(({ MessageId }) => named.includes(MessageId));
  return named.every((id) => failed.some(({ MessageId }) => MessageId === id)) ? failed : messages;
}
