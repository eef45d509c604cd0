import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { DynamoJobStore, type JobProcessor, JobRunner, Jobs, systemClock } from 'plinth-runtime/jobs';
import { jobEnds } from '../shared/job-ends';
import { SqsJobMessages } from '../shared/job-messages-sqs';
import { S3ResultStore } from '../shared/result-store-s3';
import type { AwsAccess } from '../shared/signed-fetch';
import { timeLeftMs } from '../shared/time-left';
import { SecretInternalKeys } from './internal-keys';
import { FunctionProcessor } from './processor-function';
import { HttpProcessor } from './processor-http';
import { workBatch } from './work-batch';
import { type ProcessorConfig, workerEnvironment } from './worker-environment';

const environment = workerEnvironment(process.env);
const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const access: AwsAccess = { region: process.env.AWS_REGION ?? '', credentials: () => dynamodb.config.credentials() };
const secretKeys = new SecretInternalKeys(new SecretsManagerClient({}), environment.internalKeySecretArn ?? '', Date.now);

const jobs = new Jobs({
  store: new DynamoJobStore({ client: dynamodb, tableName: environment.tableName, clock: systemClock }),
  messages: new SqsJobMessages(sqs, environment.queueUrl),
  kinds: environment.kinds,
  resendAfterMs: environment.resendAfterMs,
  ends: jobEnds(process.env, dynamodb, sqs),
  onLeft: (what, jobId, error) => console.warn({ event: 'job-left', what, jobId, reason: String(error) }),
});
const runner = new JobRunner({
  jobs,
  processors: new Map([...environment.processors].map(([kind, config]) => [kind, processorOf(config)])),
  results: environment.resultBucket ? new S3ResultStore(environment.resultBucket, access, process.env.AWS_ENDPOINT_URL_S3) : undefined,
  onEnd: ({ error, ...end }) =>
    console.info({
      event: 'job-attempt',
      ...end,
      ...(error !== undefined && { reason: error instanceof Error ? error.message : 'no error' }),
    }),
});

function processorOf(config: ProcessorConfig): JobProcessor {
  return config.type === 'function'
    ? new FunctionProcessor(config.functionName, access, process.env.AWS_ENDPOINT_URL_LAMBDA)
    : new HttpProcessor({ url: config.url, keys: () => secretKeys.get(), now: Date.now });
}

export async function handler({ Records }: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> {
  const { failed } = await workBatch(Records, runner, {
    endsInMs: timeLeftMs(context),
    clock: systemClock,
    onFailure: (messageId, error) => console.error({ event: 'job-message-failed', messageId, reason: String(error) }),
  });
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
