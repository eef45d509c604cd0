import { FairQueue, type FairQueueOptions, type Taken } from '../../support/fair-queue';

/** A message of a group, and how long its work takes. */
export interface ModelledMessage {
  readonly group: string;
  readonly sentAt: number;
  readonly serviceMs: number;
}

export interface QueueModel extends FairQueueOptions {
  /** How many messages are worked at once. */
  readonly slots: number;
}

/** How long each message waits at a modelled fair queue, in the order given. */
export function modelWaits(messages: readonly ModelledMessage[], { slots, ...options }: QueueModel): number[] {
  const queue = new FairQueue<{ readonly at: number; readonly serviceMs: number }>(options);
  const waits: number[] = Array.from({ length: messages.length }, () => 0);
  const arrivals = messages.map((message, at) => ({ ...message, at })).toSorted((one, other) => one.sentAt - other.sentAt);
  const running: { readonly endsAt: number; readonly taken: Taken<{ readonly at: number; readonly serviceMs: number }> }[] = [];
  let arrived = 0;
  let now = 0;
  do {
    for (; arrivals[arrived]?.sentAt <= now; arrived += 1) queue.send(arrivals[arrived].group, arrivals[arrived], arrivals[arrived].sentAt);
    for (let taken = take(); taken; taken = take()) {
      waits[taken.body.at] = now - taken.sentAt;
      running.push({ endsAt: now + taken.body.serviceMs, taken });
    }
    now = Math.max(now, Math.min(...running.map(({ endsAt }) => endsAt), arrivals[arrived]?.sentAt ?? Number.POSITIVE_INFINITY));
    for (let at = running.length - 1; at >= 0; at -= 1) {
      if (running[at].endsAt <= now) queue.done(running.splice(at, 1)[0].taken, now);
    }
  } while (arrived < arrivals.length || running.length > 0 || !queue.isEmpty);
  return waits;

  function take() {
    return running.length < slots ? queue.receive(now) : undefined;
  }
}
