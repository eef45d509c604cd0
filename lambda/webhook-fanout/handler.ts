import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { systemClock } from 'plinth-runtime/webhooks';
import { timeLeftMs } from '../shared/time-left';
import { parseFanOutHint } from '../shared/webhook-messages-sqs';
import { openWebhooks } from '../shared/webhooks';
import { webhooksEnvironment } from '../shared/webhooks-environment';
import { workRecords } from '../shared/work-records';

// The endpoint may be an emulator, whose queues have addresses of their own.
const webhooks = openWebhooks(webhooksEnvironment(process.env), new DynamoDBClient({}), new SQSClient({ useQueueUrlAsEndpoint: false }));

/** Makes the deliveries of each message; those that are there already are made by nobody again. */
export async function handler({ Records }: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> {
  const { failed } = await workRecords(
    Records,
    async (body) => {
      const { messageId, tenantId } = parseFanOutHint(body);
      const { created } = await webhooks.fanOut(messageId);
      console.info({ event: 'webhook-fan-out', messageId, tenantId, created });
    },
    {
      endsInMs: timeLeftMs(context),
      clock: systemClock,
      onFailure: (messageId, error) => console.error({ event: 'webhook-message-failed', messageId, reason: String(error) }),
    },
  );
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
