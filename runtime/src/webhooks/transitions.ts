import { bounded, unknownInARow, withLast } from './attempt-log';
import { type Attempt, type AttemptTrigger, type Delivery, type Failure, isFinal } from './delivery';
import { type DeliveryStep, ended, interrupted, isHeld, waiting } from './delivery-step';

const MOST_UNKNOWN_AT_ONCE = 3;
const LONGEST_UNKNOWN_WAIT_MS = 3_600_000;

type Fresh = Pick<Delivery, 'id' | 'messageId' | 'endpointId' | 'tenantId' | 'type' | 'url' | 'trigger' | 'createdAt' | 'ttl' | 'revision'>;

/** A new delivery, to be sent at once. */
export function created(delivery: Fresh): Delivery {
  const fresh = { ...delivery, state: 'pending', attempt: 0, spent: 0, attempts: [], nextAt: delivery.createdAt } as const;
  return waiting(fresh, 'pending', delivery.createdAt, delivery.createdAt);
}

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
  const waitMs = isInterrupted ? unknownWaitMs(attempts) : 0;
  if (waitMs > 0)
    return { delivery: waiting({ ...delivery, attempts }, 'retrying', now + waitMs, now), refusal: 'early', interrupted: true };
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

/** An attempt that may have arrived is made again at once, but not for ever. */
function unknownWaitMs(attempts: readonly Attempt[]): number {
  const unknown = unknownInARow(attempts);
  return unknown > MOST_UNKNOWN_AT_ONCE ? Math.min(LONGEST_UNKNOWN_WAIT_MS, 1000 * 2 ** unknown) : 0;
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
    return { delivery: waiting({ ...delivery, attempts }, 'retrying', now + unknownWaitMs(attempts), now) };
  }
  const { failure, isFree = false, retryAt } = end;
  const attempts = withLast(delivery.attempts, { ...common, outcome: 'failed', failure });
  const failed = { ...delivery, attempts, spent: delivery.spent + (isFree ? 0 : 1), lastFailure: failure };
  return { delivery: retryAt === undefined ? ended(failed, 'failed', now) : waiting(failed, 'retrying', retryAt, now) };
}
