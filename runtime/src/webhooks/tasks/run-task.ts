import type { BulkTask } from '../bulk-task';
import type { WebhookContext } from '../webhook-context';
import type { TenantKey } from '../webhook-store';
import { workOn } from './task-item';
import { pageOf } from './task-pages';

/** How long a process may be gone before another goes on. */
const LEASE_MS = 60_000;
const AT_ONCE = 10;
/** Between pages: at most 200 deliveries a second of a task, so that what is new has room on the queues. */
const PAUSE_MS = 500;

/** Whether it has ended. */
export const isOver = ({ state }: BulkTask): boolean => state !== 'queued' && state !== 'running';

/**
 * Goes on with a task from where its row says, until it is done or a time has come. Who is gone in the middle of a page leaves a lease behind; when
 * that is over the page is done again, and each delivery of it comes to the same.
 */
export async function runTask(context: WebhookContext, key: TenantKey, untilMs: number): Promise<void> {
  let task = await claim(context, key);
  while (task && context.clock.now() < untilMs) {
    const { deliveries, cursor } = await pageOf(context, task);
    const counts = { seen: task.seen + deliveries.length, done: task.done, skipped: task.skipped };
    for (let at = 0; at < deliveries.length; at += AT_ONCE) {
      const working = deliveries.slice(at, at + AT_ONCE).map((delivery) => workOn(context, task!, delivery));
      for (const result of await Promise.all(working)) counts[result] += 1;
    }
    const now = context.clock.now();
    if (cursor === undefined) {
      const done = { ...task, ...counts, cursor, state: 'succeeded', lease: undefined, dueAt: undefined, finishedAt: now } as const;
      await write(context, task, done);
      return;
    }
    task = await write(context, task, { ...task, ...counts, cursor, ...leased(task.lease?.token ?? '', now) });
    if (task) await context.clock.sleep(PAUSE_MS);
  }
  // Time is up: the next sweep goes on.
  if (task) await write(context, task, { ...task, lease: undefined, dueAt: context.clock.now() });
}

const leased = (token: string, now: number) => ({ lease: { token, until: now + LEASE_MS }, dueAt: now + LEASE_MS });

async function claim(context: WebhookContext, key: TenantKey): Promise<BulkTask | undefined> {
  const task = await context.store.tasks.read(key);
  const now = context.clock.now();
  if (!task || isOver(task) || now < (task.lease?.until ?? 0)) return undefined;
  return write(context, task, { ...task, state: 'running', ...leased(context.token(), now) });
}

/** Nothing when another wrote meanwhile: it was cancelled, or another goes on with it. */
async function write(context: WebhookContext, before: BulkTask, after: BulkTask): Promise<BulkTask | undefined> {
  const written = { ...after, revision: context.token() };
  if (await context.store.tasks.replace(written, before.revision)) return written;
  // Ours after all when the answer was lost and it was sent again.
  const standing = await context.store.tasks.read(before);
  return standing?.revision === written.revision ? written : undefined;
}
