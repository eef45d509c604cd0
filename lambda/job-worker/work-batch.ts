import type { JobRunner } from 'plinth-runtime/jobs';
import { parseJobMessage } from '../shared/job-messages-sqs';
import { type QueueRecord, type RecordsOptions, type RecordsResult, workRecords } from '../shared/work-records';

/**
 * Works the jobs of a batch. A record whose job is done, held or not due is taken as worked: the table knows better. Only what could not be read
 * or written comes again.
 */
export function workBatch(
  records: readonly QueueRecord[],
  runner: Pick<JobRunner, 'run'>,
  options: RecordsOptions,
): Promise<RecordsResult> {
  return workRecords(
    records,
    async (body, signal) => {
      const message = parseJobMessage(body);
      if (!message) throw new Error('the message must be JSON with jobId and tenantId, got something else');
      await runner.run(message.jobId, signal);
    },
    options,
  );
}
