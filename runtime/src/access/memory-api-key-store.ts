import type { ApiKey, ApiKeySummary } from './api-key';
import type { ApiKeyPage, ApiKeyQuery, ApiKeyStore, Rotation } from './api-key-store';

/** Keys in the memory of one process. */
export class MemoryApiKeyStore implements ApiKeyStore {
  private readonly keys = new Map<string, ApiKey>();

  async get(keyId: string): Promise<ApiKey | undefined> {
    return this.keys.get(keyId);
  }

  async create(key: ApiKey): Promise<boolean> {
    if (this.keys.has(key.keyId)) return false;
    this.keys.set(key.keyId, key);
    return true;
  }

  async rotate(keyId: string, { hash, replaces, at, previousUntil }: Rotation): Promise<boolean> {
    const key = this.keys.get(keyId);
    if (key === undefined || key.revokedAt !== undefined || key.hash !== replaces) return false;
    this.keys.set(keyId, { ...key, hash, previousHash: replaces, previousUntil, rotatedAt: at });
    return true;
  }

  async revoke(keyId: string, at: number): Promise<boolean> {
    const key = this.keys.get(keyId);
    if (key === undefined) return false;
    this.keys.set(keyId, { ...key, revokedAt: key.revokedAt ?? at });
    return true;
  }

  async list({ tenantId, limit, after = '' }: ApiKeyQuery): Promise<ApiKeyPage> {
    const found = [...this.keys.values()]
      .filter((key) => key.tenantId === tenantId && key.keyId > after)
      .toSorted((one, other) => (one.keyId < other.keyId ? -1 : 1));
    const keys = found.slice(0, limit).map(summaryOf);
    return { keys, next: found.length > limit ? keys.at(-1)?.keyId : undefined };
  }
}

function summaryOf({ hash: _hash, previousHash: _previous, ...summary }: ApiKey): ApiKeySummary {
  return summary;
}
