import { type Attempt, type Delivery, DELIVERY_STATES, type DeliveryState } from 'plinth-runtime/webhooks';
import { iso } from '../shared/iso';

const NAMES: Partial<Record<DeliveryState, string>> = { succeeded: 'success' };

const statusOf = (state: DeliveryState): string => NAMES[state] ?? state;
export const STATUSES: readonly string[] = DELIVERY_STATES.map(statusOf);
export const stateOf = (status: string): DeliveryState | undefined => DELIVERY_STATES.find((state) => statusOf(state) === status);

/** A delivery as a list tells it. */
export const deliveryView = (delivery: Delivery) => {
  const last = delivery.attempts.at(-1);
  const { state } = delivery;
  return {
    id: delivery.id,
    message_id: delivery.messageId,
    event: delivery.type,
    url: delivery.url,
    status: statusOf(state),
    attempts: delivery.attempt,
    latency_ms: state === 'succeeded' ? last?.latencyMs : undefined,
    last_error: state === 'succeeded' ? undefined : errorOf(delivery.attempts.findLast(({ outcome }) => outcome === 'failed')),
    next_attempt_at: state === 'retrying' || state === 'pending' ? iso(delivery.nextAt) : undefined,
    created_at: iso(delivery.createdAt),
    finished_at: iso(delivery.finishedAt),
  };
};

/** A delivery with the log of its attempts, oldest first. */
export const deliveryLogView = (delivery: Delivery) => ({
  ...deliveryView(delivery),
  attempt_log: delivery.attempts.map((attempt) => ({
    number: attempt.number,
    trigger: attempt.trigger,
    outcome: attempt.outcome,
    failure: attempt.failure,
    http_status: attempt.status,
    latency_ms: attempt.latencyMs,
    address: attempt.address,
    detail: attempt.detail,
    started_at: iso(attempt.startedAt),
    ended_at: iso(attempt.endedAt),
  })),
});

/** The class of a failure first, for machines; what is known of it in words after it. */
function errorOf(attempt: Attempt | undefined): string | undefined {
  if (attempt === undefined) return undefined;
  const { failure = 'unknown', status, detail } = attempt;
  return [failure, status === undefined ? undefined : `status ${status}`, detail].filter((part) => part !== undefined).join(': ');
}
