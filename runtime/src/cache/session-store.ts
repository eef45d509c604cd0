import { createHash, randomBytes } from 'node:crypto';
import type { SlidingCacheStore } from './cache-store';

const ID_BYTES = 32;
/** 32 bytes in base64url. */
const ID = /^[\w-]{43}$/;

export interface SessionStoreOptions {
  readonly store: SlidingCacheStore;
  /**
   * How long a session lives after its last use.
   * @default 24 h
   */
  readonly ttlMs?: number;
  /**
   * What a session may take as JSON.
   * @default 5_120 bytes
   */
  readonly maxBytes?: number;
  /** @default the system's cryptographic source */
  readonly randomBytes?: (count: number) => Buffer;
}

/** The data of a session is more than it may hold. */
export class SessionTooLargeError extends Error {
  readonly code = 'session_too_large';
  override readonly name = 'SessionTooLargeError';

  constructor(bytes: number, maxBytes: number) {
    super(`a session must take at most ${maxBytes} bytes as JSON, got ${bytes}; keep ids in it and the data in the database`);
  }
}

/**
 * Sessions that live for 24 hours after their last use, at most 5 KB each. An id is 256 random bits and lies in the store as its hash
 * only: who reads the store cannot take a session over. A store that is away rejects with its CacheError.
 *
 * @example
 * const id = await sessions.create({ user: 'u-1' });
 * const session = await sessions.get(id);
 */
export class SessionStore {
  private readonly ttlMs: number;
  private readonly maxBytes: number;
  private readonly random: (count: number) => Buffer;

  constructor(private readonly options: SessionStoreOptions) {
    this.ttlMs = options.ttlMs ?? 24 * 3_600_000;
    this.maxBytes = options.maxBytes ?? 5 * 1024;
    this.random = options.randomBytes ?? randomBytes;
  }

  /** Begins a session and returns its id, for a cookie. */
  async create(data: object): Promise<string> {
    const value = this.packed(data);
    const id = this.random(ID_BYTES).toString('base64url');
    await this.options.store.set(keyOf(id), value, this.ttlMs);
    return id;
  }

  /** The data of a session, which lives on from now; undefined where there is none. */
  async get<T extends object>(id: string): Promise<T | undefined> {
    if (!ID.test(id)) return undefined;
    const value = await this.options.store.get(keyOf(id));
    if (value === undefined) return undefined;
    // Touched, never written: a write would undo what another request has changed meanwhile.
    if (!(await this.options.store.touch(keyOf(id), this.ttlMs))) return undefined;
    return JSON.parse(value.toString()) as T;
  }

  /** Replaces the data; false where the session has ended, which it does not bring back. */
  async update(id: string, data: object): Promise<boolean> {
    const value = this.packed(data);
    return ID.test(id) && (await this.options.store.replace(keyOf(id), value, this.ttlMs));
  }

  /** The same session under a new id, as after a sign-in; undefined where there is none. */
  async renew(id: string): Promise<string | undefined> {
    const data = await this.get(id);
    if (data === undefined) return undefined;
    const renewed = await this.create(data);
    await this.end(id);
    return renewed;
  }

  async end(id: string): Promise<void> {
    if (ID.test(id)) await this.options.store.delete(keyOf(id));
  }

  private packed(data: object): Buffer {
    const value = Buffer.from(JSON.stringify(data));
    if (value.length > this.maxBytes) throw new SessionTooLargeError(value.length, this.maxBytes);
    return value;
  }
}

const keyOf = (id: string): string => `session:${createHash('sha256').update(id).digest('hex')}`;
