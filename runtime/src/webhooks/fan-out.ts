import type { Delivery } from './delivery';
import type { Endpoint } from './endpoint';
import type { Message } from './message';
import { subscribes } from './subscribers';
import { created } from './transitions';
import type { WebhookContext } from './webhook-context';
import { deliveryId } from './webhook-id';

export interface FannedOut {
  /** Deliveries that were not there before. */
  readonly created: number;
}

const AT_ONCE = 16;

/**
 * Makes a delivery for each endpoint that a message is for. Their ids derive from both, so that doing it again, after a crash or at once, makes
 * none twice; only when all are there is the message no longer due. A body that goes to nobody is dropped: nothing leads to it any more.
 */
export async function fanOut(context: WebhookContext, messageId: string): Promise<FannedOut> {
  const message = await context.store.messages.read(messageId);
  if (!message || message.state === 'fanned-out') return { created: 0 };
  const endpoints = message.body === undefined ? [] : await receiversOf(context, message);
  let count = 0;
  for (let at = 0; at < endpoints.length; at += AT_ONCE) {
    const made = await Promise.all(endpoints.slice(at, at + AT_ONCE).map((endpoint) => deliverTo(context, message, endpoint)));
    count += made.filter(Boolean).length;
  }
  // Made by another try, maybe, for an endpoint that is no longer among the receivers.
  const isForNobody = endpoints.length === 0 && (await context.store.deliveries.ofMessage(messageId)).length === 0;
  const body = isForNobody ? undefined : message.body;
  const done: Message = { ...message, body, state: 'fanned-out', dueAt: undefined, revision: context.token() };
  // Refused when another fanned it out or purged it meanwhile; it is due still if it was not fanned out.
  await context.store.messages.replace(done, message.revision);
  return { created: count };
}

async function receiversOf(context: WebhookContext, { tenantId, type, target }: Message): Promise<readonly Endpoint[]> {
  if (target) {
    const endpoint = await context.endpoint(tenantId, target.endpointId);
    return endpoint ? [endpoint] : [];
  }
  const endpoints = await context.store.endpoints.list(tenantId);
  return endpoints.filter((endpoint) => subscribes(endpoint, type));
}

async function deliverTo(
  context: WebhookContext,
  { id: messageId, tenantId, type, target }: Message,
  endpoint: Endpoint,
): Promise<boolean> {
  const now = context.clock.now();
  const delivery: Delivery = created({
    id: deliveryId(messageId, endpoint.id),
    messageId,
    endpointId: endpoint.id,
    tenantId,
    type,
    url: target?.url,
    trigger: 'auto',
    createdAt: now,
    ttl: Math.ceil((now + context.keepDeliveriesMs) / 1000),
    revision: context.token(),
  });
  if (!(await context.store.deliveries.create(delivery))) return false;
  await context.hintDelivery(delivery, await context.gates.lane(endpoint.id));
  return true;
}
