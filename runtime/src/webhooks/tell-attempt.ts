import type { AttemptResult } from './attempt-result';
import type { Delivery } from './delivery';
import type { WebhookContext } from './webhook-context';

/** Receivers refuse what is 5 minutes off. */
const MOST_SKEW_MS = 2 * 60_000;

/** Says what an attempt came to, for logs and metrics. */
export function tellAttempt(context: WebhookContext, delivery: Delivery, { failed, date }: AttemptResult): void {
  const { id: deliveryId, tenantId, endpointId, state } = delivery;
  const of = { tenantId, endpointId, deliveryId };
  const attempt = delivery.attempts.at(-1);
  if (attempt) context.tell({ type: 'attempt', attempt, ...of });
  if (state === 'succeeded' || state === 'failed') context.tell({ type: state, ...of });
  // As the log has it, cut: a certificate may hold any number of names, and an error tells them all.
  if (failed?.failure === 'tls') context.tell({ type: 'tls', detail: attempt?.detail ?? '', ...of });
  const skewMs = date === undefined ? 0 : context.clock.now() - date;
  if (Math.abs(skewMs) > MOST_SKEW_MS) context.tell({ type: 'clock-skew', skewMs, tenantId, endpointId });
}
