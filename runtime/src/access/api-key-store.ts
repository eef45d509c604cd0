import type { ApiKey, ApiKeySummary } from './api-key';

export interface Rotation {
  /** Of the new key. */
  readonly hash: string;
  /** The hash that is replaced: as it was read. */
  readonly replaces: string;
  readonly at: number;
  /** Until when the replaced key is valid. */
  readonly previousUntil: number;
}

export interface ApiKeyQuery {
  readonly tenantId: string;
  readonly limit: number;
  /** Only ids after this one: where the page before ended. */
  readonly after?: string;
}

/** In the order of their ids. It is the last page only when `next` is absent. */
export interface ApiKeyPage {
  readonly keys: readonly ApiKeySummary[];
  readonly next?: string;
}

/** Where keys are kept. Every write is of one row and conditional. */
export interface ApiKeyStore {
  /** The key as last written. */
  get(keyId: string): Promise<ApiKey | undefined>;
  /** Writes a new key; false when there is one of its id. */
  create(key: ApiKey): Promise<boolean>;
  /** False when the key is gone, revoked, or was rotated since it was read. */
  rotate(keyId: string, rotation: Rotation): Promise<boolean>;
  /** False when there is no such key. Revoked once, it stays as it was. */
  revoke(keyId: string, at: number): Promise<boolean>;
  /** Eventually consistent. */
  list(query: ApiKeyQuery): Promise<ApiKeyPage>;
}
