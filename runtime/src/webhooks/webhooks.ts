import type { AttemptTrigger } from './delivery';
import { fanOut, type FannedOut } from './fan-out';
import { sweepGate, tryNow } from './parking';
import { type Publication, publish, type Published } from './publish';
import { resendDelivery } from './resend-delivery';
import { type DeliveryResult, takeDelivery } from './take-delivery';
import { cancel, sweep } from './waiting-steps';
import { WebhookContext, type WebhooksOptions } from './webhook-context';

/**
 * Webhooks over a store and queues: the store is the truth, queues carry hints. A step is read, decided and written on the condition that nothing
 * was written since, so that of any number of racing steps one wins.
 *
 * @example
 * const webhooks = new Webhooks({ store, messages });
 * await webhooks.publish({ tenantId: 'acme', type: 'document.completed', body: { document_id: 'd-1' } });
 */
export class Webhooks {
  readonly context: WebhookContext;

  constructor(options: WebhooksOptions) {
    this.context = new WebhookContext(options);
  }

  /** Tells of something that happened, once for an id and once for an idempotency key (24 hours). */
  publish(publication: Publication): Promise<Published> {
    return publish(this.context, publication);
  }

  /** Makes a delivery for each endpoint that a message is for; again does no harm. */
  fanOut(messageId: string): Promise<FannedOut> {
    return fanOut(this.context, messageId);
  }

  /** Sends a delivery again from the beginning of its endpoint's policy, whatever became of it; refused while an attempt is on its way, and when its body is gone. */
  resend(deliveryId: string, trigger: AttemptTrigger = 'manual'): Promise<DeliveryResult> {
    return resendDelivery(this.context, deliveryId, { trigger });
  }

  /** Ends a delivery that waits; an attempt on its way is left to end by itself. */
  cancel(deliveryId: string): Promise<DeliveryResult> {
    return takeDelivery(this.context, deliveryId, cancel);
  }

  /** Looks after the parked deliveries of an endpoint now, and probes it if it failed: for whoever enabled, edited or deleted it. */
  async wake(tenantId: string, endpointId: string, untilMs?: number): Promise<void> {
    this.context.forgetEndpoint(tenantId, endpointId);
    const endpoint = await this.context.endpoint(tenantId, endpointId);
    if (endpoint) await tryNow(this.context, endpoint);
    await sweepGate(this.context, endpointId, untilMs);
  }

  /** Takes the hint of a delivery that is due for lost and sends another. */
  async sweepDelivery(deliveryId: string): Promise<DeliveryResult> {
    const result = await takeDelivery(this.context, deliveryId, sweep);
    if (result.delivery && !result.refusal) await this.hint(result.delivery);
    return result;
  }

  private async hint(delivery: NonNullable<DeliveryResult['delivery']>): Promise<void> {
    await this.context.hintDelivery(delivery, await this.context.gates.lane(delivery.endpointId));
  }
}
