import { bounded, unknownInARow, withLast } from './attempt-log';
import { type Attempt, type AttemptTrigger, type Delivery, type Failure, isFinal } from './delivery';

/** Why a step was refused. */
export type DeliveryRefusal =
  | 'not-found'
  /** The delivery is final: nothing but a resend changes it. */
  | 'finished'
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
const LONGEST_RESEND_MS = 15 * 60_000;
const MOST_UNKNOWN_AT_ONCE = 3;
const LONGEST_UNKNOWN_WAIT_MS = 3_600_000;

function waiting(delivery: Delivery, state: 'pending' | 'retrying', nextAt: number, now: number): Delivery {
  const dueAt = nextAt - now > MOST_HINT_DELAY_MS ? nextAt : Math.max(now, nextAt) + HINT_GRACE_MS;
  return { ...delivery, state, lease: undefined, nextAt, dueAt };
}

function ended(delivery: Delivery, state: 'succeeded' | 'failed' | 'cancelled' | 'expired', now: number): Delivery {
  return { ...delivery, state, lease: undefined, dueAt: undefined, finishedAt: now };
}

type Fresh = Pick<Delivery, 'id' | 'messageId' | 'endpointId' | 'tenantId' | 'type' | 'url' | 'trigger' | 'createdAt' | 'ttl' | 'revision'>;

/** A new delivery, to be sent at once. */
export function created(delivery: Fresh): Delivery {
  const fresh = { ...delivery, state: 'pending', attempt: 0, spent: 0, attempts: [], nextAt: delivery.createdAt } as const;
  return waiting(fresh, 'pending', delivery.createdAt, delivery.createdAt);
}

const isHeld = ({ state, lease }: Delivery, now: number): boolean => state === 'sending' && lease !== undefined && now < lease.until;

const interrupted = (delivery: Delivery, now: number) => withLast(delivery.attempts, { outcome: 'unknown', endedAt: now });

export interface Claim {
  readonly token: string;
  readonly leaseMs: number;
  readonly now: number;
  /** @default the delivery's own */
  readonly trigger?: AttemptTrigger;
}

/** Begins an attempt. One whose lease ran out is ended as unknown in the same write; it may have arrived, so it is made again. */
export function claim(delivery: Delivery, { token, leaseMs, now, trigger = delivery.trigger }: Claim): DeliveryStep {
  if (isFinal(delivery)) return { refusal: 'finished' };
  if (delivery.state === 'parked') return { refusal: 'parked' };
  if (isHeld(delivery, now)) return { refusal: 'taken' };
  const isInterrupted = delivery.state === 'sending';
  const attempts = isInterrupted ? interrupted(delivery, now) : delivery.attempts;
  const unknown = unknownInARow(attempts);
  if (isInterrupted && unknown > MOST_UNKNOWN_AT_ONCE) {
    const nextAt = now + Math.min(LONGEST_UNKNOWN_WAIT_MS, 1000 * 2 ** unknown);
    return { delivery: waiting({ ...delivery, attempts }, 'retrying', nextAt, now), refusal: 'early', interrupted: true };
  }
  if (!isInterrupted && now < delivery.nextAt) return { refusal: 'early' };
  const begun: Attempt = { number: delivery.attempt + 1, trigger, startedAt: now, outcome: 'sending' };
  const until = now + leaseMs;
  return {
    delivery: {
      ...delivery,
      state: 'sending',
      attempt: begun.number,
      attempts: bounded([...attempts, begun]),
      lease: { token, until },
      dueAt: until,
      firstAttemptAt: delivery.firstAttemptAt ?? now,
    },
    interrupted: isInterrupted,
  };
}

/** What is known of an attempt when it ends. */
export type AttemptFacts = Pick<Attempt, 'status' | 'latencyMs' | 'address' | 'detail'>;

export type AttemptEnd =
  | { readonly type: 'succeeded'; readonly facts: AttemptFacts }
  /** `retryAt`: another attempt is worth it, from then on. `isFree`: it counts against no policy. */
  | {
      readonly type: 'failed';
      readonly failure: Failure;
      readonly facts: AttemptFacts;
      readonly retryAt?: number;
      readonly isFree?: boolean;
    }
  /** Broken off by us after it was begun: it may have arrived. */
  | { readonly type: 'unknown'; readonly facts: AttemptFacts };

/** Records what came of an attempt; refused when another holds the delivery by now. */
export function finish(delivery: Delivery, token: string, end: AttemptEnd, now: number): DeliveryStep {
  if (isFinal(delivery)) return { refusal: 'finished' };
  if (delivery.lease?.token !== token) return { refusal: 'superseded' };
  const common = { ...end.facts, endedAt: now };
  if (end.type === 'succeeded') {
    const attempts = withLast(delivery.attempts, { ...common, outcome: 'ok' });
    return { delivery: ended({ ...delivery, attempts, spent: delivery.spent + 1, lastFailure: undefined }, 'succeeded', now) };
  }
  if (end.type === 'unknown') {
    const attempts = withLast(delivery.attempts, { ...common, outcome: 'unknown' });
    return { delivery: waiting({ ...delivery, attempts }, 'retrying', now, now), interrupted: true };
  }
  const { failure, isFree = false, retryAt } = end;
  const attempts = withLast(delivery.attempts, { ...common, outcome: 'failed', failure });
  const failed = { ...delivery, attempts, spent: delivery.spent + (isFree ? 0 : 1), lastFailure: failure };
  return { delivery: retryAt === undefined ? ended(failed, 'failed', now) : waiting(failed, 'retrying', retryAt, now) };
}

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

/** Sends a delivery again from the beginning of its policy, whatever became of it; the log goes on. */
export function resend(delivery: Delivery, { trigger, ttl, now }: { trigger: AttemptTrigger; ttl: number; now: number }): DeliveryStep {
  if (isHeld(delivery, now)) return { refusal: 'taken' };
  const again = { ...mended(delivery, now), trigger, spent: 0, firstAttemptAt: undefined, finishedAt: undefined };
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
