import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoWebhookStore, systemClock, Webhooks } from 'plinth-runtime/webhooks';
import { logWebhookEvent } from './webhook-log';
import { SqsWebhookMessages } from './webhook-messages-sqs';
import type { WebhooksEnvironment } from './webhooks-environment';

/** Webhooks as every function has them. */
export function openWebhooks(environment: WebhooksEnvironment, client: DynamoDBClient, sqs: SQSClient): Webhooks {
  return new Webhooks({
    store: new DynamoWebhookStore({ client, tableName: environment.tableName, clock: systemClock }),
    messages: new SqsWebhookMessages(sqs, environment),
    onEvent: logWebhookEvent,
  });
}
