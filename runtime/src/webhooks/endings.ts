import type { DeliveryRefusal } from './delivery-step';
import { takeDelivery } from './take-delivery';
import { cancel, expire } from './waiting-steps';
import type { WebhookContext } from './webhook-context';

/** Ends a delivery that nobody wants any more; answers whether it did. */
export async function cancelOne(context: WebhookContext, id: string): Promise<boolean> {
  const { delivery, refusal } = await takeDelivery(context, id, cancel);
  if (!delivery || refusal) return false;
  const { tenantId, endpointId } = delivery;
  context.tell({ type: 'cancelled', tenantId, endpointId, deliveryId: id });
  return true;
}

/** Ends a delivery whose message's body is gone: purged, or kept as long as it is. */
export async function expireOne(
  context: WebhookContext,
  id: string,
): Promise<{ type: 'expired' } | { type: 'skipped'; why: DeliveryRefusal }> {
  const { delivery, refusal } = await takeDelivery(context, id, expire);
  if (refusal || !delivery) return { type: 'skipped', why: refusal ?? 'not-found' };
  const { tenantId, endpointId } = delivery;
  context.tell({ type: 'expired', tenantId, endpointId, deliveryId: id });
  return { type: 'expired' };
}
