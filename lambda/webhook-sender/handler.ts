import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { SafeFetch } from 'plinth-runtime/safe-fetch';
import { EnvelopeSealer } from 'plinth-runtime/signing';
import { Deliverer, systemClock } from 'plinth-runtime/webhooks';
import { KmsDataKeys } from '../shared/kms-data-keys';
import { timeLeftMs } from '../shared/time-left';
import { WEBHOOK_KEY_CONTEXT } from '../shared/webhook-key-context';
import { parseDeliverHint } from '../shared/webhook-messages-sqs';
import { openWebhooks } from '../shared/webhooks';
import { workRecords } from '../shared/work-records';
import { senderEnvironment } from './sender-environment';

const environment = senderEnvironment(process.env);
const { keyId, refusedHosts, refusedNetworks, allowLoopback } = environment;
const dynamodb = new DynamoDBClient({});
const dataKeys = new KmsDataKeys(
  { keyId, context: WEBHOOK_KEY_CONTEXT },
  { region: process.env.AWS_REGION ?? '', credentials: () => dynamodb.config.credentials() },
  process.env.AWS_ENDPOINT_URL_KMS,
);

const deliverer = new Deliverer({
  // The endpoint may be an emulator, whose queues have addresses of their own.
  webhooks: openWebhooks(environment, dynamodb, new SQSClient({ useQueueUrlAsEndpoint: false })),
  sealer: new EnvelopeSealer({ dataKeys, clock: systemClock }),
  fetch: new SafeFetch({ refusedHosts, refusedNetworks, allowLoopback }),
});

/**
 * Sends the deliveries of a batch side by side: what came of each is written as it ends, whatever becomes of the others, and those of one endpoint
 * are let through together. Both lanes come here, from a queue each.
 */
export async function handler({ Records }: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> {
  const { failed } = await workRecords(
    Records,
    async (body, signal) => {
      const { deliveryId, lane } = parseDeliverHint(body);
      const { type } = await deliverer.run(deliveryId, lane, signal);
      // Else the delivery would wait for the sweeper.
      if (type === 'stopped') throw new Error('the sender ended before it posted');
    },
    {
      endsInMs: timeLeftMs(context),
      clock: systemClock,
      onFailure: (messageId, error) => console.error({ event: 'webhook-message-failed', messageId, reason: String(error) }),
    },
  );
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
