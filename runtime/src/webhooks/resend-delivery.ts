import { type AttemptTrigger, type Delivery, isFinal } from './delivery';
import { type DeliveryResult, takeDelivery } from './take-delivery';
import { resend } from './waiting-steps';
import type { WebhookContext } from './webhook-context';

export interface ResendOptions {
  readonly trigger: AttemptTrigger;
  /** The task that asks for it. */
  readonly by?: string;
  /** Whether it is to be sent, as it stands when it is written. */
  readonly isWanted?: (delivery: Delivery) => boolean;
}

/** Sends a delivery again. One whose body is gone is left as it ended: what became of it is worth more than that it cannot be sent. */
export async function resendDelivery(
  context: WebhookContext,
  id: string,
  { trigger, by, isWanted = () => true }: ResendOptions,
): Promise<DeliveryResult> {
  const read = await context.store.deliveries.read(id);
  if (!read) return { refusal: 'not-found' };
  if (!isWanted(read)) return { delivery: read, refusal: 'finished' };
  if (isFinal(read) && (await context.message(read.messageId))?.body === undefined) return { delivery: read, refusal: 'no-body' };
  const result = await takeDelivery(
    context,
    id,
    (delivery, now) => {
      const ttl = Math.ceil((now + context.keepDeliveriesMs) / 1000);
      return isWanted(delivery) ? resend(delivery, { trigger, by, ttl, now }) : { refusal: 'finished' };
    },
    { read },
  );
  const { delivery, refusal } = result;
  if (delivery && !refusal) await context.hintDelivery(delivery, await context.gates.lane(delivery.endpointId));
  return result;
}
