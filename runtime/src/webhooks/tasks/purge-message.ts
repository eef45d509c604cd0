import { MOST_TRIES, partWays, WebhookContentionError } from '../contention';
import { takeDelivery } from '../take-delivery';
import { expire } from '../waiting-steps';
import type { WebhookContext } from '../webhook-context';

export interface PurgedMessage {
  /** Deliveries of it that waited, and ended as expired. */
  readonly ended: number;
}

/**
 * Takes the body of a tenant's message away and ends what waits to send it; nothing when the tenant has no such message. An attempt that is on its
 * way has the body already.
 */
export async function purgeMessage(context: WebhookContext, tenantId: string, messageId: string): Promise<PurgedMessage | undefined> {
  if (!(await takeBody(context, tenantId, messageId))) return undefined;
  const deliveries = await context.store.deliveries.ofMessage(messageId);
  let ended = 0;
  for (const { id, endpointId } of deliveries) {
    const { refusal } = await takeDelivery(context, id, expire);
    if (refusal) continue;
    ended += 1;
    context.tell({ type: 'expired', tenantId, endpointId, deliveryId: id });
  }
  return { ended };
}

/** The body first: what is made of the message from then on has none. */
export async function takeBody(context: WebhookContext, tenantId: string, messageId: string): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const message = await context.store.messages.read(messageId);
    if (message?.tenantId !== tenantId) return false;
    if (message.body === undefined) return true;
    const { body: _body, ...rest } = message;
    if (await context.store.messages.replace({ ...rest, revision: context.token() }, message.revision)) return true;
    await partWays(tries, context.clock, context.random);
  }
  throw new WebhookContentionError(messageId);
}
