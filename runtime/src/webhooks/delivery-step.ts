import { withLast } from './attempt-log';
import { type Delivery } from './delivery';

/** Why a step was refused. */
export type DeliveryRefusal =
  | 'not-found'
  /** The delivery is final: nothing but a resend changes it. */
  | 'finished'
  /** The body of its message is gone: there is nothing to send again. */
  | 'no-body'
  /** An attempt is on its way under another lease. */
  | 'taken'
  /** Its time has not come. */
  | 'early'
  /** It waits for its endpoint. */
  | 'parked'
  /** It is not parked. */
  | 'not-parked'
  /** The token is not that of the current attempt: another has claimed since. */
  | 'superseded'
  /** Something was written since it was read. */
  | 'changed';

/** What a step does: the delivery to write, if it changes, and why it was refused, if it was. A refused step may still change it. */
export interface DeliveryStep {
  readonly delivery?: Delivery;
  readonly refusal?: DeliveryRefusal;
  /** An attempt was found whose sender never said what came of it. */
  readonly interrupted?: boolean;
}

/** The longest delay of a hint; what waits longer is found by its due time alone. */
export const MOST_HINT_DELAY_MS = 15 * 60_000;
/** How long after its time the hint of a delivery is taken for lost. */
export const HINT_GRACE_MS = 60_000;

/** A delivery that waits for a time. */
export function waiting(delivery: Delivery, state: 'pending' | 'retrying', nextAt: number, now: number): Delivery {
  const dueAt = nextAt - now > MOST_HINT_DELAY_MS ? nextAt : Math.max(now, nextAt) + HINT_GRACE_MS;
  return { ...delivery, state, lease: undefined, nextAt, dueAt };
}

export function ended(delivery: Delivery, state: 'succeeded' | 'failed' | 'cancelled' | 'expired', now: number): Delivery {
  return { ...delivery, state, lease: undefined, dueAt: undefined, finishedAt: now };
}

/** Whether an attempt is on its way under a lease that stands. */
export const isHeld = ({ state, lease }: Delivery, now: number): boolean => state === 'sending' && lease !== undefined && now < lease.until;

/** The log with the attempt that its sender never said the end of. */
export const interrupted = (delivery: Delivery, now: number) => withLast(delivery.attempts, { outcome: 'unknown', endedAt: now });
