import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { JobEnds } from 'plinth-runtime/jobs';
import { EnvelopeSealer } from 'plinth-runtime/signing';
import { systemClock, WebhookEndpoints, WebhookJobEnds } from 'plinth-runtime/webhooks';
import type { AwsAccess } from './signed-fetch';
import { KmsDataKeys } from './kms-data-keys';
import { WEBHOOK_KEY_CONTEXT } from './webhook-key-context';
import { openWebhooks } from './webhooks';
import { webhooksEnvironment } from './webhooks-environment';

/** Ends of jobs are told by webhooks where the function knows of them: WEBHOOK_TABLE, the queues and WEBHOOK_KEY_ID. */
export function jobEnds(environment: NodeJS.ProcessEnv, dynamodb: DynamoDBClient, sqs: SQSClient): JobEnds | undefined {
  const { WEBHOOK_TABLE: table = '', WEBHOOK_KEY_ID: keyId = '' } = environment;
  if (table === '') return undefined;
  const settings = webhooksEnvironment(environment, keyId === '' ? ['WEBHOOK_KEY_ID must be set, got nothing'] : []);
  const access: AwsAccess = { region: environment.AWS_REGION ?? '', credentials: () => dynamodb.config.credentials() };
  const dataKeys = new KmsDataKeys({ keyId, context: WEBHOOK_KEY_CONTEXT }, access, environment.AWS_ENDPOINT_URL_KMS);
  const webhooks = openWebhooks(settings, dynamodb, sqs);
  const endpoints = new WebhookEndpoints({ webhooks, sealer: new EnvelopeSealer({ dataKeys, clock: systemClock }) });
  return new WebhookJobEnds({ webhooks, endpoints });
}
