import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { DynamoJobStore, Jobs, systemClock } from 'plinth-runtime/jobs';
import { jobEnds } from '../shared/job-ends';
import { SqsJobMessages } from '../shared/job-messages-sqs';
import { jobsEnvironment } from '../shared/jobs-environment';
import { timeLeftMs } from '../shared/time-left';
import { sweepRun } from './sweep-run';

// The endpoint may be an emulator, whose queues have addresses of their own.
const environment = jobsEnvironment(process.env);
const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const jobs = new Jobs({
  store: new DynamoJobStore({ client: dynamodb, tableName: environment.tableName, clock: systemClock }),
  messages: new SqsJobMessages(sqs, environment.queueUrl),
  kinds: environment.kinds,
  resendAfterMs: environment.resendAfterMs,
  ends: jobEnds(process.env, dynamodb, sqs),
  onLeft: (what, jobId, error) => console.warn({ event: 'job-left', what, jobId, reason: String(error) }),
});

/** Every minute, by a schedule. Throws when a job was not swept, which is how the alarm on lag counts the runs that were whole. */
export async function handler(_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> {
  const report = await sweepRun(jobs, Date.now() + timeLeftMs(context), (jobId, error) =>
    console.error({ event: 'job-sweep-failed', jobId, reason: String(error) }),
  );
  console.info({ event: 'job-sweep', ...report });
  if (report.failed > 0) throw new Error(`all due jobs must be swept, got a failure for ${report.failed}; see the log`);
  if (report.isCut) throw new Error(`all due jobs must be swept in a run, got ${report.due} and more; the next run goes on`);
}
