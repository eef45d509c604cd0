export interface FairQueueOptions {
  /** @default true */
  readonly isFair?: boolean;
  /** What counts as recent processing time; AWS does not say. */
  readonly recentMs?: number;
}

/** A message that is being worked. */
export interface Taken<Body> {
  readonly group: string;
  readonly body: Body;
  readonly sentAt: number;
  readonly takenAt: number;
}

interface Group<Body> {
  readonly name: string;
  readonly waiting: { readonly body: Body; readonly sentAt: number }[];
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
 */
export class FairQueue<Body> {
  private readonly groups = new Map<string, Group<Body>>();
  private readonly ended: { readonly at: number; readonly ms: number; readonly group: Group<Body> }[] = [];
  private totalMs = 0;
  private inFlight = 0;
  private readonly isFair: boolean;
  private readonly recentMs: number;

  constructor({ isFair = true, recentMs = 60_000 }: FairQueueOptions = {}) {
    this.isFair = isFair;
    this.recentMs = recentMs;
  }

  send(name: string, body: Body, sentAt: number): void {
    const group = this.groups.get(name) ?? { name, waiting: [], head: 0, inFlight: 0, busyMs: 0, lastSentAt: sentAt, isNoisy: false };
    this.groups.set(name, group);
    group.waiting.push({ body, sentAt });
    group.lastSentAt = sentAt;
  }

  /** The message that goes next, for a slot that is free. */
  receive(now: number): Taken<Body> | undefined {
    const group = this.next(now);
    if (!group) return undefined;
    const { body, sentAt } = group.waiting[group.head];
    group.head += 1;
    group.inFlight += 1;
    this.inFlight += 1;
    return { group: group.name, body, sentAt, takenAt: now };
  }

  /** It was worked, and is gone. */
  done({ group: name, takenAt }: Taken<Body>, now: number): void {
    const group = this.groups.get(name)!;
    const ms = now - takenAt;
    group.inFlight -= 1;
    this.inFlight -= 1;
    if (!hasWaiting(group) && group.inFlight === 0) group.isNoisy = false;
    this.ended.push({ at: now, ms, group });
    group.busyMs += ms;
    this.totalMs += ms;
    while (this.ended.length > 0 && this.ended[0].at < now - this.recentMs) {
      const old = this.ended.shift()!;
      old.group.busyMs -= old.ms;
      this.totalMs -= old.ms;
    }
  }

  get isEmpty(): boolean {
    return ![...this.groups.values()].some(hasWaiting);
  }

  private next(now: number): Group<Body> | undefined {
    let first: Group<Body> | undefined;
    for (const group of this.groups.values()) {
      if (!hasWaiting(group)) continue;
      if (this.isFair) this.judge(group, now);
      if (first === undefined || this.goesBefore(group, first)) first = group;
    }
    return first;
  }

  private goesBefore(one: Group<Body>, other: Group<Body>): boolean {
    if (this.isFair && one.isNoisy !== other.isNoisy) return other.isNoisy;
    return sentAtOf(one) < sentAtOf(other);
  }

  private judge(group: Group<Body>, now: number): void {
    const holds = group.inFlight >= NOISY_IN_FLIGHT && group.inFlight / Math.max(1, this.inFlight) > NOISY_SHARE;
    const used = this.totalMs > 0 && group.busyMs / this.totalMs > NOISY_SHARE;
    if (holds || used) group.isNoisy = true;
    if (now - group.lastSentAt >= CALM_AFTER_MS) group.isNoisy = false;
  }
}

const hasWaiting = ({ waiting, head }: Pick<Group<unknown>, 'waiting' | 'head'>): boolean => head < waiting.length;
const sentAtOf = ({ waiting, head }: Pick<Group<unknown>, 'waiting' | 'head'>): number => waiting[head].sentAt;
