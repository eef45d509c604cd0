import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Logger } from 'plinth-runtime';
import { type ApiKeyStore, DynamoApiKeyStore } from 'plinth-runtime/access';
import { DynamoJobStore, internalKeys, jobKinds, Jobs, MemoryResultStore, systemClock } from 'plinth-runtime/jobs';
import { jobRoutes } from '../api/jobs/job-routes';
import type { ApiRoute } from '../api/shared/route';
import { SqsJobMessages } from '../lambda/shared/job-messages-sqs';
import { S3ResultStore } from '../lambda/shared/result-store-s3';
import type { AccessConfig, JobsConfig } from './config';

// A key's read is in the way of a request: two tries within the authenticator's two seconds.
const IN_TIME = { maxAttempts: 2, requestHandler: { connectionTimeout: 500, requestTimeout: 800, throwOnRequestTimeout: true } };

/** The store of the API keys. */
export function openKeyStore({ table, region }: Pick<AccessConfig, 'table' | 'region'>): ApiKeyStore {
  return new DynamoApiKeyStore({ client: new DynamoDBClient({ region, ...IN_TIME }), tableName: table });
}

/** The routes of jobs, over the stage's table and queue. */
export function openJobRoutes(config: JobsConfig, environment: NodeJS.ProcessEnv, logger: Logger): ApiRoute[] {
  const { table, queueUrl, region, resultBucket } = config;
  const dynamodb = new DynamoDBClient({ region });
  const access = { region, credentials: () => dynamodb.config.credentials() };
  const jobs = new Jobs({
    store: new DynamoJobStore({ client: dynamodb, tableName: table, clock: systemClock }),
    messages: new SqsJobMessages(new SQSClient({ region }), queueUrl),
    kinds: jobKinds(config.kinds),
    onLeft: (what, jobId, error) => logger.warn('left to the sweeper', { what, jobId, reason: String(error) }),
  });
  const results = resultBucket ? new S3ResultStore(resultBucket, access, environment.AWS_ENDPOINT_URL_S3) : new MemoryResultStore();
  return jobRoutes({ jobs, results, cursorKeys: cursorKeys(environment.INTERNAL_API_KEY) });
}

/** Cursors are signed with the stage's internal key; the content they sign says what for. */
function cursorKeys(secret: string | undefined): readonly string[] {
  const { current, previous } = internalKeys(secret);
  return previous === undefined ? [current] : [current, previous];
}
