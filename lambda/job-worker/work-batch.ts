import type { Clock, JobRunner } from 'plinth-runtime/jobs';
import { parseJobMessage } from '../shared/job-messages-sqs';

export interface BatchRecord {
  readonly messageId: string;
  readonly body: string;
}

export interface BatchResult {
  /** Messages that are to come again. */
  readonly failed: readonly string[];
}

/**
 * Works the records of a batch side by side, so that none waits for another's, all against one deadline. A record whose job is done, held or not
 * due is taken as worked: the table knows better. Only what could not be read or written comes again.
 */
export async function workBatch(
  records: readonly BatchRecord[],
  runner: Pick<JobRunner, 'run'>,
  { endsInMs, clock, onFailure }: { endsInMs: number; clock: Clock; onFailure: (messageId: string, error: unknown) => void },
): Promise<BatchResult> {
  const ends = new AbortController();
  const done = new AbortController();
  const timer = clock.sleep(endsInMs, done.signal).then(
    () => ends.abort(new Error('the worker had to end')),
    () => undefined,
  );
  const failed = await Promise.all(records.map((record) => workRecord(record)));
  done.abort();
  await timer;
  return { failed: failed.filter((messageId) => messageId !== undefined) };

  async function workRecord({ messageId, body }: BatchRecord): Promise<string | undefined> {
    try {
      const message = parseJobMessage(body);
      if (!message) throw new Error('the message must be JSON with jobId and tenantId, got something else');
      // A signal of its own: what one record's work hangs on it goes with the record.
      await runner.run(message.jobId, AbortSignal.any([ends.signal]));
      return undefined;
    } catch (error) {
      onFailure(messageId, error);
      return messageId;
    }
  }
}
