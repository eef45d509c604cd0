import { MOST_TRIES, partWays, WebhookContentionError } from './contention';
import type { Delivery } from './delivery';
import type { DeliveryRefusal, DeliveryStep } from './delivery-step';
import type { WebhookContext } from './webhook-context';

/** The delivery after a step, and why the step was refused, if it was. */
export interface DeliveryResult {
  readonly delivery?: Delivery;
  readonly refusal?: DeliveryRefusal;
}

type Decide = (delivery: Delivery, now: number) => DeliveryStep;

interface Options {
  /** As it was just read: saves the first read. */
  readonly read?: Delivery;
  /** Refused with `changed` when anything was written since it was read. */
  readonly once?: boolean;
}

/** Reads a delivery, decides, and writes on the condition that nothing was written since; decides anew when something was. */
export async function takeDelivery(context: WebhookContext, id: string, decide: Decide, options: Options = {}): Promise<DeliveryResult> {
  let tried: { readonly after: Delivery; readonly step: DeliveryStep } | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const before = (tries === 0 ? options.read : undefined) ?? (await context.store.deliveries.read(id));
    // The write before was ours after all: its answer was lost and it was sent again.
    if (tried && before?.revision === tried.after.revision) return taken(context, tried.after, tried.step);
    if (!before) return { refusal: 'not-found' };
    if (options.once && tries > 0) return { delivery: before, refusal: 'changed' };
    const step = decide(before, context.clock.now());
    if (!step.delivery) return { delivery: before, refusal: step.refusal };
    tried = { after: { ...step.delivery, revision: context.token() }, step };
    if (await context.store.deliveries.replace(tried.after, before.revision)) return taken(context, tried.after, step);
    await partWays(tries, context.clock, context.random);
  }
  throw new WebhookContentionError(id);
}

function taken(context: WebhookContext, delivery: Delivery, { refusal, interrupted }: DeliveryStep): DeliveryResult {
  if (interrupted) {
    const { id: deliveryId, tenantId, endpointId } = delivery;
    context.tell({ type: 'unknown-attempt', tenantId, endpointId, deliveryId });
  }
  return { delivery, refusal };
}
