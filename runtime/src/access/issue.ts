import type { Clock } from '../resilience/clock';
import { type ApiKeySummary, type Scope, TENANT, type Tier } from './api-key';
import type { ApiKeyStore } from './api-key-store';
import { hashOf, makeKey, makeKeyId, type RandomBytes } from './key-format';

export interface NewKey {
  readonly tenantId: string;
  readonly scopes: readonly Scope[];
  readonly tier: Tier;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
}

/** A key that was made: told once, never stored. */
export interface IssuedKey {
  readonly key: string;
  readonly summary: ApiKeySummary;
}

export type IssueFault = 'not-found' | 'revoked' | 'expired' | 'changed' | 'invalid';

/** A key could not be made or changed. */
export class ApiKeyError extends Error {
  override readonly name = 'ApiKeyError';

  constructor(
    readonly code: IssueFault,
    message: string,
  ) {
    super(message);
  }
}

export interface IssueOptions {
  readonly store: ApiKeyStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly randomBytes?: RandomBytes;
}

const MOST_OVERLAP_MS = 30 * 86_400_000;

/** Makes a key of one tenant. */
export async function issueKey(wish: NewKey, { store, clock, randomBytes }: IssueOptions): Promise<IssuedKey> {
  const now = clock.now();
  check(wish, now);
  const keyId = makeKeyId(randomBytes);
  const key = makeKey(keyId, randomBytes);
  const { tenantId, tier, expiresAt } = wish;
  const summary: ApiKeySummary = { keyId, tenantId, scopes: [...new Set(wish.scopes)].toSorted(), tier, createdAt: now, expiresAt };
  // 82 random bits: only a broken source of them meets an id twice.
  if (!(await store.create({ ...summary, hash: hashOf(key) }))) {
    throw new ApiKeyError('changed', `a new key must have an id of its own, got one that is taken; try again`);
  }
  return { key, summary };
}

/** Makes a new secret for a key; the old one is valid for `overlapMs` more. */
export async function rotateKey(keyId: string, overlapMs: number, { store, clock, randomBytes }: IssueOptions): Promise<IssuedKey> {
  if (!(overlapMs >= 0 && overlapMs <= MOST_OVERLAP_MS)) {
    throw new ApiKeyError('invalid', `the overlap must be from 0 to 30 days, got ${overlapMs / 86_400_000} days; choose one of these`);
  }
  const at = clock.now();
  const before = await store.get(keyId);
  if (before === undefined) throw notFound(keyId);
  if (before.revokedAt !== undefined) throw new ApiKeyError('revoked', `${keyId} must not be revoked, got a revoked key; create a new one`);
  if (before.expiresAt !== undefined && before.expiresAt <= at) {
    throw new ApiKeyError('expired', `${keyId} must not have expired, got one that did; create a new one`);
  }
  const key = makeKey(keyId, randomBytes);
  const previousUntil = at + overlapMs;
  if (!(await store.rotate(keyId, { hash: hashOf(key), replaces: before.hash, at, previousUntil }))) {
    throw new ApiKeyError(
      'changed',
      `${keyId} must not change while it is rotated, got another rotation or revocation; look and try again`,
    );
  }
  const { hash: _hash, previousHash: _previous, ...summary } = before;
  return { key, summary: { ...summary, rotatedAt: at, previousUntil } };
}

/** Ends a key, current and previous; whoever remembers it does so for a minute at most. */
export async function revokeKey(keyId: string, { store, clock }: IssueOptions): Promise<void> {
  if (!(await store.revoke(keyId, clock.now()))) throw notFound(keyId);
}

const notFound = (keyId: string) => new ApiKeyError('not-found', `${keyId} must be the id of a key, got none of that id; see the list`);

function check({ tenantId, scopes, expiresAt }: NewKey, now: number): void {
  if (!TENANT.test(tenantId)) {
    throw new ApiKeyError('invalid', `the tenant must match ${TENANT.source}, got ${JSON.stringify(tenantId)}; rename it`);
  }
  if (scopes.length === 0) throw new ApiKeyError('invalid', 'the scopes must be at least one, got none; add one');
  if (expiresAt !== undefined && expiresAt <= now) {
    throw new ApiKeyError('invalid', `the expiry must lie ahead, got ${new Date(expiresAt).toISOString()}; choose a later one`);
  }
}
