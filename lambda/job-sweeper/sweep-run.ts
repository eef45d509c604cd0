import { type Jobs, type OnSweepFailure, sweepDue, type SweepReport } from 'plinth-runtime/jobs';

const RECOUNT_EVERY_MS = 5 * 60_000;
const RUN_EVERY_MS = 60_000;

/** One run: what is due, then every fifth minute the counts. */
export async function sweepRun(
  jobs: Jobs,
  until: number,
  onFailure: OnSweepFailure,
): Promise<SweepReport & { readonly recounted: number }> {
  const isRecounted = jobs.context.clock.now() % RECOUNT_EVERY_MS < RUN_EVERY_MS;
  const report = await sweepDue(jobs, until, onFailure);
  return { ...report, recounted: isRecounted && !report.isCut ? await jobs.context.store.recount() : 0 };
}
