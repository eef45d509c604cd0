import { type AttemptTrigger, type Delivery, isFinal } from './delivery';
import { type DeliveryRefusal, type DeliveryStep, ended, HINT_GRACE_MS, interrupted, isHeld, waiting } from './delivery-step';

const LONGEST_RESEND_MS = 15 * 60_000;

/** Why a delivery cannot change its time just now. */
function notWaiting(delivery: Delivery, now: number): DeliveryRefusal | undefined {
  if (isFinal(delivery)) return 'finished';
  return isHeld(delivery, now) ? 'taken' : undefined;
}

/** An attempt that was interrupted, written down before the delivery goes on. */
function mended(delivery: Delivery, now: number): Delivery {
  return delivery.state === 'sending' ? { ...delivery, attempts: interrupted(delivery, now), lease: undefined } : delivery;
}

const told = (delivery: Delivery, step: Delivery): DeliveryStep => ({ delivery: step, interrupted: delivery.state === 'sending' });

/** Lets a delivery wait for its endpoint. It is not due: whoever parks it has made its gate due before. */
export function park(delivery: Delivery, now: number): DeliveryStep {
  const refusal = notWaiting(delivery, now);
  if (refusal) return { refusal };
  if (delivery.state === 'parked') return { refusal: 'parked' };
  return told(delivery, { ...mended(delivery, now), state: 'parked', lease: undefined, dueAt: undefined });
}

/** Moves a waiting delivery to a later time; that is no attempt. */
export function delay(delivery: Delivery, nextAt: number, now: number): DeliveryStep {
  const refusal = notWaiting(delivery, now);
  if (refusal) return { refusal };
  if (delivery.state === 'parked') return { refusal: 'parked' };
  return told(delivery, waiting(mended(delivery, now), delivery.attempt > 0 ? 'retrying' : 'pending', nextAt, now));
}

/** Sends a parked delivery on its way, at a time. */
export function release(delivery: Delivery, nextAt: number, now: number): DeliveryStep {
  if (delivery.state !== 'parked') return { refusal: isFinal(delivery) ? 'finished' : 'not-parked' };
  return { delivery: waiting(delivery, delivery.attempt > 0 ? 'retrying' : 'pending', nextAt, now) };
}

/** Ends a delivery that nobody wants any more. An attempt on its way is left to end by itself. */
export function cancel(delivery: Delivery, now: number): DeliveryStep {
  const refusal = notWaiting(delivery, now);
  return refusal ? { refusal } : told(delivery, ended(mended(delivery, now), 'cancelled', now));
}

/** Ends a delivery whose message's body is gone. */
export function expire(delivery: Delivery, now: number): DeliveryStep {
  const refusal = notWaiting(delivery, now);
  return refusal ? { refusal } : told(delivery, ended(mended(delivery, now), 'expired', now));
}

export interface Resend {
  readonly trigger: AttemptTrigger;
  /** The task that asked for it. */
  readonly by?: string;
  readonly ttl: number;
  readonly now: number;
}

/** Sends a delivery again from the beginning of its policy, whatever became of it; the log goes on. */
export function resend(delivery: Delivery, { trigger, by, ttl, now }: Resend): DeliveryStep {
  if (isHeld(delivery, now)) return { refusal: 'taken' };
  const again = {
    ...mended(delivery, now),
    trigger,
    resentBy: by ?? delivery.resentBy,
    spent: 0,
    firstAttemptAt: undefined,
    finishedAt: undefined,
  };
  return told(delivery, waiting({ ...again, ttl: Math.max(delivery.ttl, ttl) }, 'pending', now, now));
}

/** What the sweeper does with a delivery that is due: takes its hint for lost and notes that another is sent. The waits between grow. */
export function sweep(delivery: Delivery, now: number): DeliveryStep {
  if (isFinal(delivery)) return { refusal: 'finished' };
  if (delivery.state === 'parked') return { refusal: 'parked' };
  if (delivery.dueAt === undefined || now < delivery.dueAt) return { refusal: 'early' };
  const overdue = now - (delivery.state === 'sending' ? (delivery.lease?.until ?? now) : delivery.nextAt);
  return { delivery: { ...delivery, dueAt: now + Math.min(LONGEST_RESEND_MS, Math.max(HINT_GRACE_MS, overdue)) } };
}
