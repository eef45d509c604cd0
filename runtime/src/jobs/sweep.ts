import type { Jobs } from './jobs';

export interface SweepReport {
  /** Jobs that were looked at. */
  readonly due: number;
  /** Jobs that a new message was sent for. */
  readonly sent: number;
  /** Jobs that ended (by deadline, by a cancellation nobody answered, by their last attempt), or whose end was told again. */
  readonly ended: number;
  /** Jobs that could not be swept, and parts of the index that could not be read. */
  readonly failed: number;
  /** Whether more was due when time ran out. */
  readonly isCut: boolean;
}

export type OnSweepFailure = (jobId: string | undefined, error: unknown) => void;

const BATCH = 160;
const AT_ONCE = 16;

/**
 * Looks after every job that is due, until none is left or `until` (epoch milliseconds) has come. Two sweepers at once do no harm: each job is
 * swept by whoever writes first. A part of the index that cannot be read holds up none of the others; `onFailure` is told of it without a job.
 */
export async function sweepDue(jobs: Jobs, until: number, onFailure: OnSweepFailure): Promise<SweepReport> {
  const sum = { due: 0, sent: 0, ended: 0, failed: 0 };
  const seen = new Set<string>();
  const { store, clock } = jobs.context;
  let unread: unknown[] = [];
  while (clock.now() < until) {
    unread = [];
    // The index lags: a job that was swept just now may be told again.
    const all = await store.due(BATCH + seen.size, (error) => unread.push(error));
    const ids = all.filter((id) => !seen.has(id));
    if (ids.length === 0) return report(false);
    for (let at = 0; at < ids.length && clock.now() < until; at += AT_ONCE) {
      await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => sweepOne(id)));
    }
  }
  return report(true);

  function report(isCut: boolean): SweepReport {
    for (const error of unread) onFailure(undefined, error);
    return { ...sum, failed: sum.failed + unread.length, isCut };
  }

  async function sweepOne(id: string): Promise<void> {
    seen.add(id);
    sum.due += 1;
    try {
      const { job } = await jobs.sweep(id);
      if (job?.finishedAt !== undefined) sum.ended += 1;
      else if (job?.state === 'queued') sum.sent += 1;
    } catch (error) {
      sum.failed += 1;
      onFailure(id, error);
    }
  }
}
