import { webhookUrlFault } from '../../../api/jobs/webhook-url';
import { type Answer, json } from '../../shared/http/answer';
import type { Call } from '../../shared/http/call';
import { JOBS_UNAVAILABLE } from '../../shared/http/job-call';
import { invalidFields, RequestProblem } from '../../shared/http/problems';
import { documentFaults } from './document-check';
import { type DocumentJobs, MAX_INPUT_BYTES } from './document-jobs';
import type { Collection, DocumentInput } from './documents';
import type { ExtractorRegistry } from './extractors/registry';

export interface AsyncOptions {
  readonly extractors: ExtractorRegistry;
  readonly jobs?: DocumentJobs;
}

const INSTEAD = 'JOB_TABLE and JOB_QUEUE_URL must be set for async=true, got neither; send the document without it';

/** Queues a document that was checked as if it were processed now. */
export function asyncHandler({ extractors, jobs }: AsyncOptions): (call: Call, collection: Collection) => Promise<Answer> {
  return async ({ body }, collection) => {
    const { document, webhook_url: webhookUrl } = body as { readonly document: unknown; readonly webhook_url?: string };
    const faults = documentFaults(document, extractors, 'document');
    const urlFault = webhookUrl === undefined ? undefined : webhookUrlFault(webhookUrl);
    if (urlFault) faults.push(urlFault);
    const bytes = Buffer.byteLength(JSON.stringify(document));
    if (bytes > MAX_INPUT_BYTES) {
      faults.push({ field: 'document', allowed: `JSON of at most ${MAX_INPUT_BYTES} bytes with async=true`, given: `${bytes} bytes` });
    }
    if (faults.length > 0) throw invalidFields(faults);
    if (!jobs) throw new RequestProblem(JOBS_UNAVAILABLE, INSTEAD);
    const accepted = await jobs.submit(collection, document as DocumentInput, webhookUrl);
    return json(202, accepted, { Location: `/v1/jobs/${accepted.job_id}` });
  };
}
