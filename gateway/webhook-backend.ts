import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Logger } from 'plinth-runtime';
import { UrlRules } from 'plinth-runtime/safe-fetch';
import { EnvelopeSealer } from 'plinth-runtime/signing';
import { DynamoWebhookStore, systemClock, WebhookEndpoints, type WebhookEvent, Webhooks } from 'plinth-runtime/webhooks';
import { webhookUrlFault } from '../api/jobs/webhook-url';
import type { UrlFault } from '../api/webhooks/endpoint-fields';
import { KmsDataKeys } from '../lambda/shared/kms-data-keys';
import { WEBHOOK_KEY_CONTEXT } from '../lambda/shared/webhook-key-context';
import { SqsWebhookMessages } from '../lambda/shared/webhook-messages-sqs';
import { loopbackFlag, WebhooksEnvironmentError } from '../lambda/shared/webhooks-environment';
import type { WebhooksConfig } from './config';

/** What the routes of webhooks and the ends of jobs are made of. */
export interface OpenWebhooks {
  readonly webhooks: Webhooks;
  readonly endpoints: WebhookEndpoints;
  readonly urlFault: UrlFault;
}

/** Webhooks over the stage's table, queues and key. Throws when WEBHOOK_ALLOW_LOOPBACK is neither true nor false. */
export function openWebhooks(config: WebhooksConfig, environment: NodeJS.ProcessEnv, logger: Logger): OpenWebhooks {
  const { table, region, keyId, refusedHosts } = config;
  const { allowLoopback, faults } = loopbackFlag(environment);
  if (faults.length > 0) throw new WebhooksEnvironmentError(faults);
  const dynamodb = new DynamoDBClient({ region });
  const webhooks = new Webhooks({
    store: new DynamoWebhookStore({ client: dynamodb, tableName: table, clock: systemClock }),
    messages: new SqsWebhookMessages(new SQSClient({ region }), config),
    onEvent: (event) => logEvent(logger, event),
  });
  const access = { region, credentials: () => dynamodb.config.credentials() };
  const dataKeys = new KmsDataKeys({ keyId, context: WEBHOOK_KEY_CONTEXT }, access, environment.AWS_ENDPOINT_URL_KMS);
  const sealer = new EnvelopeSealer({ dataKeys, clock: systemClock });
  const rules = new UrlRules({ refusedHosts, allowLoopback });
  return { webhooks, endpoints: new WebhookEndpoints({ webhooks, sealer }), urlFault: (url) => webhookUrlFault(url, rules) };
}

function logEvent(logger: Logger, event: WebhookEvent): void {
  if (event.type === 'left') logger.warn('left to the sweeper', { what: event.what, id: event.id, reason: String(event.error) });
  else logger.info('webhook', { event: event.type, tenantId: event.tenantId, endpointId: event.endpointId });
}
