import type { WebhookContext, WebhookSweeper, WebhookSweepReport } from 'plinth-runtime/webhooks';

export interface SweepRun extends WebhookSweepReport {
  /** For how long what is due longest has been due, now that the run has ended; 0 when nothing is. */
  readonly oldestDueSeconds: number;
}

/** One run: what is due, until a time, and then how late the rest is. */
export async function sweepRun(
  sweeper: Pick<WebhookSweeper, 'sweep'>,
  { store, clock }: Pick<WebhookContext, 'store' | 'clock'>,
  untilMs: number,
): Promise<SweepRun> {
  const report = await sweeper.sweep(untilMs);
  const now = clock.now();
  const oldest = (await store.oldestDue()) ?? now;
  return { ...report, oldestDueSeconds: Math.max(0, Math.round((now - oldest) / 1000)) };
}
