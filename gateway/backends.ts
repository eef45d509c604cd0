import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Logger } from 'plinth-runtime';
import { type ApiKeyStore, DynamoApiKeyStore } from 'plinth-runtime/access';
import { DynamoJobStore, internalKeys, jobKinds, Jobs, MemoryResultStore, systemClock } from 'plinth-runtime/jobs';
import { WebhookJobEnds } from 'plinth-runtime/webhooks';
import { jobRoutes } from '../api/jobs/job-routes';
import type { ApiRoute } from '../api/shared/route';
import { webhookRoutes } from '../api/webhooks/webhook-routes';
import { SqsJobMessages } from '../lambda/shared/job-messages-sqs';
import { S3ResultStore } from '../lambda/shared/result-store-s3';
import type { AccessConfig, GatewayConfig, JobsConfig } from './config';
import { type OpenWebhooks, openWebhooks } from './webhook-backend';

// A key's read is in the way of a request: two tries within the authenticator's two seconds.
const IN_TIME = { maxAttempts: 2, requestHandler: { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true } };

/** The store of the API keys. */
export function openKeyStore({ table, region }: Pick<AccessConfig, 'table' | 'region'>): ApiKeyStore {
  return new DynamoApiKeyStore({ client: new DynamoDBClient({ region, ...IN_TIME }), tableName: table });
}

/** The platform's own routes, as far as they are configured. */
export function openRoutes(
  { jobs, webhooks }: Pick<GatewayConfig, 'jobs' | 'webhooks'>,
  environment: NodeJS.ProcessEnv,
  logger: Logger,
): ApiRoute[] {
  const keys = jobs || webhooks ? keysOfCursors(environment.INTERNAL_API_KEY) : [];
  const hooks = webhooks && openWebhooks(webhooks, environment, logger);
  return [
    ...(jobs ? openJobRoutes(jobs, { environment, logger, cursorKeys: keys, hooks }) : []),
    ...(hooks ? webhookRoutes({ ...hooks, cursorKeys: keys }) : []),
  ];
}

interface JobsSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly logger: Logger;
  readonly cursorKeys: readonly string[];
  readonly hooks?: OpenWebhooks;
}

/** The routes of jobs, over the stage's table and queue. */
function openJobRoutes(config: JobsConfig, { environment, logger, cursorKeys, hooks }: JobsSurroundings): ApiRoute[] {
  const { table, queueUrl, region, resultBucket } = config;
  const dynamodb = new DynamoDBClient({ region });
  const access = { region, credentials: () => dynamodb.config.credentials() };
  const jobs = new Jobs({
    store: new DynamoJobStore({ client: dynamodb, tableName: table, clock: systemClock }),
    messages: new SqsJobMessages(new SQSClient({ region }), queueUrl),
    kinds: jobKinds(config.kinds),
    ends: hooks && new WebhookJobEnds(hooks),
    onLeft: (what, jobId, error) => logger.warn('left to the sweeper', { what, jobId, reason: String(error) }),
  });
  const results = resultBucket ? new S3ResultStore(resultBucket, access, environment.AWS_ENDPOINT_URL_S3) : new MemoryResultStore();
  return jobRoutes({ jobs, results, cursorKeys, ...(hooks && { webhook: 'accepted', urlFault: hooks.urlFault }) });
}

/** Cursors are signed with the stage's internal key; the content they sign says what for. */
function keysOfCursors(secret: string | undefined): readonly string[] {
  const { current, previous } = internalKeys(secret);
  return previous === undefined ? [current] : [current, previous];
}
