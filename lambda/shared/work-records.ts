import type { Clock } from 'plinth-runtime/jobs';

export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
}

export interface RecordsResult {
  /** Messages that are to come again. */
  readonly failed: readonly string[];
}

export interface RecordsOptions {
  /** How long there is for all of them. */
  readonly endsInMs: number;
  readonly clock: Clock;
  readonly onFailure: (messageId: string, error: unknown) => void;
}

/**
 * Works the records of a batch side by side, so that none waits for another's, all against one deadline. What `work` throws for comes again; the
 * others do not.
 */
export async function workRecords(
  records: readonly QueueRecord[],
  work: (body: string, signal: AbortSignal) => Promise<unknown>,
  { endsInMs, clock, onFailure }: RecordsOptions,
): Promise<RecordsResult> {
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

  async function workRecord({ messageId, body }: QueueRecord): Promise<string | undefined> {
    try {
      // A signal of its own: what one record's work hangs on it goes with the record.
      await work(body, AbortSignal.any([ends.signal]));
      return undefined;
    } catch (error) {
      onFailure(messageId, error);
      return messageId;
    }
  }
}
