import { sweepGate } from './parking';
import type { Due } from './webhook-store';
import type { Webhooks } from './webhooks';

export interface WebhookSweeperOptions {
  readonly webhooks: Webhooks;
  /** Goes on with a task over many deliveries, until a time. */
  readonly runTask?: (task: Extract<Due, { type: 'task' }>, untilMs: number) => Promise<void>;
  /** Of nothing that is due: a part of the index could not be read. */
  readonly onFailure?: (due: Due | undefined, error: unknown) => void;
}

/** How many of each were looked at. */
export interface WebhookSweepReport {
  readonly message: number;
  readonly delivery: number;
  readonly gate: number;
  readonly task: number;
  /** What was due and could not be swept, and parts of the index that could not be read. */
  readonly failed: number;
  /** Whether more was due when time ran out. */
  readonly isCut: boolean;
}

const BATCH = 160;
const AT_ONCE = 16;

/**
 * Looks after everything that is due: messages that nobody fanned out, deliveries whose hint or sender is lost, gates with something parked, and
 * tasks. Two at once do no harm: each row is swept by whoever writes first. A part of the index that cannot be read holds up none of the others.
 *
 * @example
 * await new WebhookSweeper({ webhooks }).sweep(Date.now() + 50_000);
 */
export class WebhookSweeper {
  constructor(private readonly options: WebhookSweeperOptions) {}

  /** Until nothing is left or a time (epoch milliseconds) has come. */
  async sweep(untilMs: number): Promise<WebhookSweepReport> {
    const { store, clock } = this.options.webhooks.context;
    const sum = { message: 0, delivery: 0, gate: 0, task: 0, failed: 0 };
    const seen = new Set<string>();
    const tasks: Due[] = [];
    let unread: unknown[] = [];
    while (clock.now() < untilMs) {
      unread = [];
      // The index lags: what was swept just now may be told again.
      const all = await store.due(BATCH + seen.size, (error) => unread.push(error));
      const found = all.filter((due) => !seen.has(JSON.stringify(due)));
      if (found.length === 0) {
        // Last, as a task takes whatever time it is given.
        await this.sweepSome(tasks, untilMs, sum);
        return this.report(sum, unread, false);
      }
      tasks.push(...found.filter(({ type }) => type === 'task'));
      const others = found.filter(({ type }) => type !== 'task');
      for (const due of found) if (due.type === 'task') seen.add(JSON.stringify(due));
      for (let at = 0; at < others.length && clock.now() < untilMs; at += AT_ONCE) {
        const some = others.slice(at, at + AT_ONCE);
        for (const due of some) seen.add(JSON.stringify(due));
        await this.sweepSome(some, untilMs, sum);
      }
    }
    return this.report(sum, unread, true);
  }

  private report(sum: Omit<WebhookSweepReport, 'isCut'>, unread: readonly unknown[], isCut: boolean): WebhookSweepReport {
    for (const error of unread) this.options.onFailure?.(undefined, error);
    return { ...sum, failed: sum.failed + unread.length, isCut };
  }

  private async sweepSome(some: readonly Due[], untilMs: number, sum: Record<Due['type'] | 'failed', number>): Promise<void> {
    const swept = await Promise.all(some.map((due) => this.sweepOne(due, untilMs)));
    for (const [nth, isSwept] of swept.entries()) sum[isSwept ? some[nth].type : 'failed'] += 1;
  }

  private async sweepOne(due: Due, untilMs: number): Promise<boolean> {
    const { webhooks, runTask, onFailure } = this.options;
    try {
      if (due.type === 'message') await webhooks.fanOut(due.id);
      else if (due.type === 'delivery') await webhooks.sweepDelivery(due.id);
      else if (due.type === 'gate') await sweepGate(webhooks.context, due.id, untilMs);
      else await runTask?.(due, untilMs);
      return true;
    } catch (error) {
      onFailure?.(due, error);
      return false;
    }
  }
}
