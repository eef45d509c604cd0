import type { BulkTask } from '../bulk-task';
import { type Delivery, isFinal } from '../delivery';
import { resendDelivery } from '../resend-delivery';
import { takeDelivery } from '../take-delivery';
import { cancel } from '../waiting-steps';
import type { WebhookContext } from '../webhook-context';
import { takeBody } from './purge-message';

/** What a task made of one delivery. */
export type ItemResult = 'done' | 'skipped';

/** Does a task's work on one delivery: again does no harm, and comes to the same. */
export async function workOn(context: WebhookContext, task: BulkTask, delivery: Delivery): Promise<ItemResult> {
  if (task.kind === 'purge') return purge(context, task, delivery);
  // Before whoever did this page last was gone, or before it told.
  if (delivery.resentBy === task.id) return 'done';
  if (task.isDryRun) return isWanted(task, delivery) && (await hasBody(context, delivery)) ? 'done' : 'skipped';
  if (task.kind !== 'recover' && task.kind !== 'replay') return 'skipped';
  const result = await resendDelivery(context, delivery.id, {
    trigger: task.kind,
    by: task.id,
    isWanted: (standing) => standing.resentBy !== task.id && isWanted(task, standing),
  });
  return result.refusal === undefined || result.delivery?.resentBy === task.id ? 'done' : 'skipped';
}

/** Recover: what failed. Replay: whatever ended. What waits is on its way by itself. */
const isWanted = ({ kind }: BulkTask, delivery: Delivery): boolean =>
  kind === 'recover' ? delivery.state === 'failed' : isFinal(delivery);

const hasBody = async (context: WebhookContext, { messageId }: Delivery): Promise<boolean> =>
  (await context.message(messageId))?.body !== undefined;

/** The body goes, what waits ends, and the log says no more than that there was something. */
async function purge(context: WebhookContext, { tenantId, isDryRun }: BulkTask, { id, messageId }: Delivery): Promise<ItemResult> {
  if (isDryRun) return 'done';
  await takeBody(context, tenantId, messageId);
  const { refusal } = await takeDelivery(context, id, (standing, now) => {
    const step = isFinal(standing) ? { delivery: standing } : cancel(standing, now);
    if (!step.delivery) return step;
    const { url: _url, ...rest } = step.delivery;
    return { ...step, delivery: { ...rest, attempts: [], ttl: Math.ceil(now / 1000) } };
  });
  return refusal === undefined || refusal === 'not-found' ? 'done' : 'skipped';
}
