/** What a key may be used for. `on-behalf-of`: its requests may name the user they are made for. */
export const SCOPES = ['api', 'jobs', 'webhooks', 'read', 'admin', 'on-behalf-of'] as const;
export type Scope = (typeof SCOPES)[number];

/** How much a key may use. */
export const TIERS = ['free', 'starter', 'pro', 'business', 'enterprise'] as const;
export type Tier = (typeof TIERS)[number];

/** Who makes a request. */
export interface Principal {
  readonly keyId: string;
  readonly tenantId: string;
  readonly scopes: readonly Scope[];
  readonly tier: Tier;
}

/** What may be told of a key: everything but its hashes. Times are epoch milliseconds. */
export interface ApiKeySummary extends Principal {
  readonly createdAt: number;
  /** Not valid from then on. */
  readonly expiresAt?: number;
  readonly rotatedAt?: number;
  /** Until when the key that the last rotation replaced is valid. */
  readonly previousUntil?: number;
  readonly revokedAt?: number;
}

/** A key as it is stored: never itself, only the SHA-256 of the whole presented string, in hexadecimal. */
export interface ApiKey extends ApiKeySummary {
  readonly hash: string;
  readonly previousHash?: string;
}

/** How long a key that ended can still be listed. */
export const KEPT_AFTER_END_MS = 90 * 86_400_000;

/** Epoch seconds after which a key's row may go; nothing for a key without an end. */
export function ttlOf({ expiresAt, revokedAt }: Pick<ApiKeySummary, 'expiresAt' | 'revokedAt'>): number | undefined {
  const endedAt = revokedAt ?? expiresAt;
  return endedAt === undefined ? undefined : Math.ceil((endedAt + KEPT_AFTER_END_MS) / 1000);
}

/** What names a tenant: fit for a header and a log line. */
export const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text);
export const isTier = (text: string): text is Tier => (TIERS as readonly string[]).includes(text);
