import { LRUCache } from 'lru-cache';

export interface FailedKeysOptions {
  /**
   * Failures an address may have in any minute.
   * @default 20
   */
  readonly perMinute?: number;
  /**
   * Addresses that are remembered; those that failed longest ago go first.
   * @default 10_000
   */
  readonly maxAddresses?: number;
}

const MINUTE_MS = 60_000;

/** How often each address failed within a minute, exactly: the times of its last failures, as many as it may have. */
export class FailedKeys {
  private readonly perMinute: number;
  private readonly failures: LRUCache<string, number[]>;

  constructor({ perMinute = 20, maxAddresses = 10_000 }: FailedKeysOptions = {}) {
    this.perMinute = perMinute;
    this.failures = new LRUCache({ max: maxAddresses });
  }

  /** How long until the address may fail again, in milliseconds; 0 now. */
  waitMs(address: string, now: number): number {
    const times = this.failures.get(placeOf(address));
    if (times === undefined || times.length < this.perMinute) return 0;
    return Math.max(0, times[0] + MINUTE_MS - now);
  }

  add(address: string, now: number): void {
    const place = placeOf(address);
    const times = this.failures.get(place) ?? [];
    if (times.length >= this.perMinute) times.shift();
    times.push(now);
    this.failures.set(place, times);
  }
}

/** One subscriber of IPv6 has 2^64 addresses: the first half of them is who it is. */
export function placeOf(address: string): string {
  if (!address.includes(':')) return address;
  const [before, after] = address.split('::', 2);
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? [] : Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...zeros, ...tail]
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
