import type { Aftermath } from './aftermath';
import type { DeliverOutcome } from './deliverer';
import { type Delivery, isFinal } from './delivery';
import type { DeliveryRefusal } from './delivery-step';
import type { Endpoint } from './endpoint';
import type { Message } from './message';
import { cancelOne, expireOne } from './endings';
import { isOver } from './parking';
import type { WebhookContext } from './webhook-context';
import type { Lane } from './webhook-messages';

/** What an attempt needs. */
export interface Ready {
  readonly delivery: Delivery;
  readonly endpoint: Endpoint;
  readonly message: Message & { readonly body: string };
}

/** Looks whether there may be an attempt of a delivery, and does with it what is to be done if not. */
export async function prepare(context: WebhookContext, aftermath: Aftermath, id: string, lane: Lane): Promise<Ready | DeliverOutcome> {
  const delivery = await context.store.deliveries.read(id);
  const why = standsStill(delivery, context.clock.now());
  if (delivery === undefined || why) {
    if (delivery && why === 'early') await context.hintDelivery(delivery, lane);
    return { type: 'skipped', why: why ?? 'not-found' };
  }
  const [endpoint, message] = await Promise.all([
    context.endpoint(delivery.tenantId, delivery.endpointId),
    context.message(delivery.messageId),
  ]);
  if (!endpoint || isOver(endpoint)) {
    await cancelOne(context, id);
    return { type: 'cancelled' };
  }
  if (message?.body === undefined) return expireOne(context, id);
  if (endpoint.state !== 'enabled') return aftermath.park(delivery, endpoint);
  return { delivery, endpoint, message: { ...message, body: message.body } };
}

/** Why a delivery is nobody's just now, as far as its row says. */
function standsStill(delivery: Delivery | undefined, now: number): DeliveryRefusal | undefined {
  if (!delivery) return 'not-found';
  if (isFinal(delivery)) return 'finished';
  if (delivery.state === 'parked') return 'parked';
  if (delivery.state === 'sending') return now < (delivery.lease?.until ?? 0) ? 'taken' : undefined;
  return now < delivery.nextAt ? 'early' : undefined;
}
