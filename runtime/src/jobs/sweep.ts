import type { Jobs } from './jobs';

export interface SweepReport {
  /** Jobs that were looked at. */
  readonly due: number;
  /** Jobs that a new message was sent for. */
  readonly sent: number;
  /** Jobs that ended (by deadline, by a cancellation nobody answered, by their last attempt), or whose end was told again. */
  readonly ended: number;
  readonly failed: number;
  /** Whether more was due when time ran out. */
  readonly isCut: boolean;
}

const BATCH = 160;
const AT_ONCE = 16;

/**
 * Looks after every job that is due, until none is left or `until` (epoch milliseconds) has come. Two sweepers at once do no harm: each job is
 * swept by whoever writes first.
 */
export async function sweepDue(jobs: Jobs, until: number, onFailure: (jobId: string, error: unknown) => void): Promise<SweepReport> {
  const sum = { due: 0, sent: 0, ended: 0, failed: 0 };
  const seen = new Set<string>();
  const { store, clock } = jobs.context;
  while (clock.now() < until) {
    // The index lags: a job that was swept just now may be told again.
    const ids = (await store.due(BATCH + seen.size)).filter((id) => !seen.has(id));
    if (ids.length === 0) return { ...sum, isCut: false };
    for (let at = 0; at < ids.length && clock.now() < until; at += AT_ONCE) {
      await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => sweepOne(id)));
    }
  }
  return { ...sum, isCut: true };

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
