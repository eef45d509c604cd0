import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Logger } from 'plinth-runtime';
import { DynamoJobStore, type JobKindOptions, jobKinds, Jobs, type JsonValue, type Submitted, systemClock } from 'plinth-runtime/jobs';
import { acceptedView } from '../../../api/jobs/job-view';
import { refusalProblem } from '../../../api/jobs/problems';
import { SqsJobMessages } from '../../../lambda/shared/job-messages-sqs';
import { RequestProblem } from '../../shared/http/problems';
import type { JobsConfig } from './config';
import type { Collection, DocumentInput } from './documents';
import { QUEUE_FULL, TOO_MANY_QUEUED } from './problems';

/** The kind that JOB_KINDS of the worker must hold too, with this service's /internal/jobs/documents as its processor. */
export const DOCUMENT_KIND: JobKindOptions = { name: 'documents.process', estimateMs: 2_000, deadlineMs: 10 * 60_000 };

/** What is kept in a job's row. */
export const MAX_INPUT_BYTES = 32 * 1024;

/** Queues documents. */
export class DocumentJobs {
  constructor(private readonly jobs: Jobs) {}

  async submit(
    { tenantId, collectionId }: Collection,
    document: DocumentInput,
    webhookUrl?: string,
  ): Promise<ReturnType<typeof acceptedView>> {
    const input = { collection_id: collectionId, document: document as unknown as JsonValue };
    const submitted = await this.jobs.submit({ tenantId, kind: DOCUMENT_KIND.name, input, webhookUrl });
    if (submitted.type === 'conflict' || submitted.type === 'full') throw refused(submitted);
    return acceptedView(submitted, 'accepted');
  }
}

/** Jobs in the stage's table and queue. */
export function openDocumentJobs({ table, queueUrl, region }: JobsConfig, logger: Logger): DocumentJobs {
  const jobs = new Jobs({
    store: new DynamoJobStore({ client: new DynamoDBClient({ region }), tableName: table, clock: systemClock }),
    messages: new SqsJobMessages(new SQSClient({ region }), queueUrl),
    kinds: jobKinds([DOCUMENT_KIND]),
    onLeft: (what, jobId, error) => logger.warn('left to the sweeper', { what, jobId, reason: String(error) }),
  });
  return new DocumentJobs(jobs);
}

function refused(submitted: Extract<Submitted, { type: 'conflict' | 'full' }>): RequestProblem {
  const { status, detail, retryAfterSeconds = 1 } = refusalProblem(submitted);
  return new RequestProblem({ ...(status === 429 ? TOO_MANY_QUEUED : QUEUE_FULL), retryAfterSeconds }, detail);
}
