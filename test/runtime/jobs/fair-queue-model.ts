/** A message of a group, and how long its work takes. */
export interface ModelledMessage {
  readonly group: string;
  readonly sentAt: number;
  readonly serviceMs: number;
}

export interface QueueModel {
  /** How many messages are worked at once. */
  readonly slots: number;
  readonly isFair: boolean;
  /** What counts as recent processing time; AWS does not say. */
  readonly recentMs?: number;
}

interface Group {
  readonly waiting: { readonly message: ModelledMessage; readonly at: number }[];
  head: number;
  inFlight: number;
  busyMs: number;
  lastSentAt: number;
  isNoisy: boolean;
}

const NOISY_SHARE = 0.1;
const NOISY_IN_FLIGHT = 30;
const CALM_AFTER_MS = 5 * 60_000;

/**
 * A model of SQS fair queues, after what AWS tells of them; nothing here was measured on SQS. A group is noisy while it holds over 10 % of what is
 * in flight and at least 30, or used over 10 % of the recent processing time; it is calm again when its backlog is gone or nothing was sent for
 * five minutes. Messages of calm groups go first, oldest first; noisy groups take what is left, every slot if nobody else waits.
 * Answers how long each message waited, in the order given.
 */
export function modelWaits(messages: readonly ModelledMessage[], { slots, isFair, recentMs = 60_000 }: QueueModel): number[] {
  const groups = new Map<string, Group>();
  const waits: number[] = Array.from({ length: messages.length }, () => 0);
  const arrivals = messages.map((message, at) => ({ message, at })).toSorted((one, other) => one.message.sentAt - other.message.sentAt);
  const running: { endsAt: number; startedAt: number; group: Group }[] = [];
  const ended: { at: number; ms: number; group: Group }[] = [];
  let now = 0;
  let totalMs = 0;

  while (arrivals.length > 0 || running.length > 0 || [...groups.values()].some(hasWaiting)) {
    takeArrivals();
    while (running.length < slots) {
      const group = next();
      if (!group) break;
      start(group);
    }
    step();
  }
  return waits;

  function takeArrivals() {
    const due = arrivals.findIndex(({ message }) => message.sentAt > now);
    for (const arrival of arrivals.splice(0, due === -1 ? arrivals.length : due)) {
      const { group: name, sentAt } = arrival.message;
      const group = groups.get(name) ?? { waiting: [], head: 0, inFlight: 0, busyMs: 0, lastSentAt: sentAt, isNoisy: false };
      groups.set(name, group);
      group.waiting.push(arrival);
      group.lastSentAt = sentAt;
    }
  }

  function next(): Group | undefined {
    const waiting = [...groups.values()].filter(hasWaiting);
    if (isFair) for (const group of waiting) judge(group);
    const calm = waiting.filter(({ isNoisy }) => !isNoisy);
    return (isFair && calm.length > 0 ? calm : waiting).toSorted((one, other) => sentAtOf(one) - sentAtOf(other))[0];
  }

  function judge(group: Group) {
    const share = group.inFlight / Math.max(1, running.length);
    const holds = group.inFlight >= NOISY_IN_FLIGHT && share > NOISY_SHARE;
    const used = totalMs > 0 && group.busyMs / totalMs > NOISY_SHARE;
    if (holds || used) group.isNoisy = true;
    if (now - group.lastSentAt >= CALM_AFTER_MS) group.isNoisy = false;
  }

  function start(group: Group) {
    const { message, at } = group.waiting[group.head];
    group.head += 1;
    group.inFlight += 1;
    waits[at] = now - message.sentAt;
    running.push({ startedAt: now, endsAt: now + message.serviceMs, group });
  }

  function step() {
    const ends = running.map(({ endsAt }) => endsAt);
    now = Math.max(now, Math.min(...ends, arrivals[0]?.message.sentAt ?? Number.POSITIVE_INFINITY));
    for (let at = running.length - 1; at >= 0; at -= 1) {
      if (running[at].endsAt > now) continue;
      const [{ group, startedAt, endsAt }] = running.splice(at, 1);
      group.inFlight -= 1;
      if (!hasWaiting(group) && group.inFlight === 0) group.isNoisy = false;
      ended.push({ at: endsAt, ms: endsAt - startedAt, group });
      group.busyMs += endsAt - startedAt;
      totalMs += endsAt - startedAt;
    }
    while (ended.length > 0 && ended[0].at < now - recentMs) {
      const { group, ms } = ended.shift()!;
      group.busyMs -= ms;
      totalMs -= ms;
    }
  }
}

const hasWaiting = ({ waiting, head }: Group) => head < waiting.length;
const sentAtOf = ({ waiting, head }: Group) => waiting[head].message.sentAt;
