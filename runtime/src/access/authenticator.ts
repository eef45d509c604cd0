import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Clock, systemClock } from '../resilience/clock';
import { type ApiKey, type Principal, TENANT } from './api-key';
import type { ApiKeyStore } from './api-key-store';
import { FailedKeys, type FailedKeysOptions } from './failed-keys';
import { hashOf, keyIdOf } from './key-format';

/** What became of a presented key. `unavailable`: the store could not be asked, and the key is not known from before. */
export type Authentication =
  | { readonly principal: Principal; readonly refusal?: undefined }
  | { readonly refusal: 'invalid' }
  | { readonly refusal: 'too-many-failures' | 'unavailable'; readonly retryAfterSeconds: number };

export interface AuthenticatorOptions {
  readonly store: Pick<ApiKeyStore, 'get'>;
  readonly clock?: Clock;
  /** @default 20 a minute, 10,000 addresses */
  readonly failures?: FailedKeysOptions;
  /**
   * Good keys, and as many bad ones, that are remembered.
   * @default 10_000
   */
  readonly maxKeys?: number;
  /**
   * How long the store may take.
   * @default 2 s
   */
  readonly storeTimeoutMs?: number;
  /** Told when the store cannot be asked, at most once a second. */
  readonly onStoreFailure?: (error: unknown) => void;
}

interface Known {
  readonly answer: Authentication;
  /** When this secret of the key ends. */
  readonly endsAt: number;
  /** When the store was asked. */
  readonly askedAt: number;
}

/** How long an answer of the store stands: a revoked key opens nothing after that. */
export const KNOWN_FOR_MS = 60_000;
/** How long a good key goes on while the store is away. */
export const KNOWN_WITHOUT_STORE_MS = 15 * 60_000;
/** After a failure the store is left alone that long: requests need not each wait for it. */
const AWAY_FOR_MS = 1000;
const NO_HASH = '0'.repeat(64);
const INVALID: Authentication = { refusal: 'invalid' };

/**
 * Tells who presents a key. What the store answered is remembered by the hash of the whole presented string, good and bad apart, so that
 * a wrong secret takes exactly the way of an unknown key and bad ones push out no good one.
 *
 * @example
 * const authenticator = new Authenticator({ store: new DynamoApiKeyStore({ client, tableName }) });
 * const { principal, refusal } = await authenticator.authenticate(presented, address);
 */
export class Authenticator {
  private readonly clock: Clock;
  private readonly failed: FailedKeys;
  private readonly good: LRUCache<string, Known>;
  /** When each is forgotten. */
  private readonly bad: LRUCache<string, number>;
  private readonly asking = new Map<string, Promise<Known | 'bad' | 'away'>>();
  private awayUntil = 0;

  constructor(private readonly options: AuthenticatorOptions) {
    const { clock = systemClock, failures, maxKeys: max = 10_000 } = options;
    this.clock = clock;
    this.failed = new FailedKeys(failures);
    this.good = new LRUCache({ max });
    this.bad = new LRUCache({ max });
  }

  /** At once for a key that is known; else when the store has answered. */
  authenticate(presented: string, address: string): Authentication | Promise<Authentication> {
    const now = this.clock.now();
    const hash = hashOf(presented);
    const known = this.good.get(hash);
    if (known !== undefined && now < known.askedAt + KNOWN_FOR_MS) return this.judge(known, hash, address);
    // A known key passes though others behind its address failed; everything else waits without the store being asked.
    const waitMs = known === undefined ? this.failed.waitMs(address, now) : 0;
    if (waitMs > 0) return tooMany(waitMs);
    const keyId = keyIdOf(presented);
    if (keyId === undefined || now < (this.bad.get(hash) ?? 0)) return this.refuse(address);
    return this.ask(keyId, hash).then((answer) => this.answered(answer, hash, address));
  }

  private answered(answer: Known | 'bad' | 'away', hash: string, address: string): Authentication {
    if (answer === 'bad') return this.refuse(address);
    if (answer !== 'away') return this.judge(answer, hash, address);
    const known = this.good.get(hash);
    if (known !== undefined && this.clock.now() < known.askedAt + KNOWN_WITHOUT_STORE_MS) return this.judge(known, hash, address);
    return { refusal: 'unavailable', retryAfterSeconds: Math.ceil(AWAY_FOR_MS / 1000) };
  }

  /** The time may have ended a key that was good when the store was asked. */
  private judge(known: Known, hash: string, address: string): Authentication {
    if (this.clock.now() < known.endsAt) return known.answer;
    this.good.delete(hash);
    return this.refuse(address);
  }

  /** Looked at once more: many may have been on their way at once. */
  private refuse(address: string): Authentication {
    const now = this.clock.now();
    const waitMs = this.failed.waitMs(address, now);
    if (waitMs > 0) return tooMany(waitMs);
    this.failed.add(address, now);
    return INVALID;
  }

  /** Requests with the same key share one question. */
  private ask(keyId: string, hash: string): Promise<Known | 'bad' | 'away'> {
    const before = this.asking.get(hash);
    if (before !== undefined) return before;
    const asked = this.askStore(keyId, hash).finally(() => this.asking.delete(hash));
    this.asking.set(hash, asked);
    return asked;
  }

  private async askStore(keyId: string, hash: string): Promise<Known | 'bad' | 'away'> {
    if (this.clock.now() < this.awayUntil) return 'away';
    const askedAt = this.clock.now();
    let key: ApiKey | undefined;
    try {
      key = await this.inTime(this.options.store.get(keyId));
    } catch (error) {
      if (this.clock.now() >= this.awayUntil) this.options.onStoreFailure?.(error);
      this.awayUntil = this.clock.now() + AWAY_FOR_MS;
      return 'away';
    }
    // Compared in any case: a missing key takes as long as a wrong secret.
    const endsAt = endOf(key, hash);
    if (key === undefined || askedAt >= endsAt || !TENANT.test(key.tenantId)) {
      this.good.delete(hash);
      this.bad.set(hash, askedAt + KNOWN_FOR_MS);
      return 'bad';
    }
    const { tenantId, scopes, tier } = key;
    const known = { answer: { principal: { keyId, tenantId, scopes, tier } }, endsAt, askedAt };
    this.good.set(hash, known);
    return known;
  }

  private async inTime<T>(asked: Promise<T>): Promise<T> {
    const { storeTimeoutMs = 2000 } = this.options;
    const done = new AbortController();
    const late = this.clock.sleep(storeTimeoutMs, done.signal, { background: true }).then(() => {
      throw new Error(`the key store must answer within ${storeTimeoutMs} ms, got nothing`);
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([asked, late]);
    } finally {
      done.abort(new Error('answered'));
    }
  }
}

const tooMany = (waitMs: number): Authentication => ({ refusal: 'too-many-failures', retryAfterSeconds: Math.ceil(waitMs / 1000) });

/** Until when a secret opens a key: never, while it is current, or until the overlap of a rotation ends. */
function endOf(key: ApiKey | undefined, hash: string): number {
  const isCurrent = same(key?.hash, hash);
  const isPrevious = same(key?.previousHash, hash);
  if (key === undefined || key.revokedAt !== undefined) return 0;
  const secretEndsAt = isCurrent ? Infinity : isPrevious ? (key.previousUntil ?? 0) : 0;
  return Math.min(secretEndsAt, key.expiresAt ?? Infinity);
}

const same = (stored: string | undefined, hash: string): boolean =>
  timingSafeEqual(Buffer.from(stored?.length === hash.length ? stored : NO_HASH), Buffer.from(hash));
