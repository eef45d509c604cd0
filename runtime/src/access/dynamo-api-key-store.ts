import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Item, number, text } from '../dynamo/items';
import { TableClient } from '../dynamo/table-client';
import { type ApiKey, type ApiKeySummary, isScope, isTier, ttlOf } from './api-key';
import type { ApiKeyPage, ApiKeyQuery, ApiKeyStore, Rotation } from './api-key-store';
import { KEYS_BY_TENANT } from './dynamo-api-key-table';

export interface DynamoApiKeyStoreOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
}

/** Keys in one DynamoDB table (`apiKeyTable`): a row a key, read by its id; no scan, no transaction. */
export class DynamoApiKeyStore implements ApiKeyStore {
  private readonly table: TableClient;

  constructor({ client, tableName }: DynamoApiKeyStoreOptions) {
    this.table = new TableClient(client, tableName);
  }

  async get(keyId: string): Promise<ApiKey | undefined> {
    const item = await this.table.get(rowOf(keyId));
    if (item === undefined) return undefined;
    return { ...summaryOf(item), hash: item.hash?.S ?? '', previousHash: item.previous_hash?.S };
  }

  create(key: ApiKey): Promise<boolean> {
    return this.table.put(itemOf(key), { ConditionExpression: 'attribute_not_exists(key_id)' });
  }

  async rotate(keyId: string, { hash, replaces, at, previousUntil }: Rotation): Promise<boolean> {
    const rotated = await this.table.update(rowOf(keyId), {
      UpdateExpression: 'SET #hash = :hash, previous_hash = :replaces, previous_until = :until, rotated_at = :at',
      ConditionExpression: '#hash = :replaces AND attribute_not_exists(revoked_at)',
      ExpressionAttributeNames: { '#hash': 'hash' },
      ExpressionAttributeValues: { ':hash': text(hash), ':replaces': text(replaces), ':until': number(previousUntil), ':at': number(at) },
    });
    return rotated !== undefined;
  }

  async revoke(keyId: string, at: number): Promise<boolean> {
    const revoked = await this.table.update(rowOf(keyId), {
      UpdateExpression: 'SET revoked_at = :at, #ttl = :ttl',
      ConditionExpression: 'attribute_exists(key_id) AND attribute_not_exists(revoked_at)',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':at': number(at), ':ttl': number(ttlOf({ revokedAt: at }) ?? 0) },
    });
    return revoked !== undefined || (await this.table.get(rowOf(keyId))) !== undefined;
  }

  async list({ tenantId, limit, after }: ApiKeyQuery): Promise<ApiKeyPage> {
    const { items, last } = await this.table.query({
      IndexName: KEYS_BY_TENANT,
      KeyConditionExpression: after === undefined ? 'tenant_id = :tenant' : 'tenant_id = :tenant AND key_id > :after',
      ExpressionAttributeValues: { ':tenant': text(tenantId), ...(after !== undefined && { ':after': text(after) }) },
      Limit: limit,
    });
    return { keys: items.map(summaryOf), next: last?.key_id?.S };
  }
}

const rowOf = (keyId: string): Item => ({ key_id: text(keyId) });

function itemOf(key: ApiKey): Item {
  const attributes: Record<string, AttributeValue | undefined> = {
    ...rowOf(key.keyId),
    tenant_id: text(key.tenantId),
    scopes: { SS: [...key.scopes] },
    tier: text(key.tier),
    hash: text(key.hash),
    previous_hash: key.previousHash === undefined ? undefined : text(key.previousHash),
    created_at: number(key.createdAt),
    expires_at: optional(key.expiresAt),
    rotated_at: optional(key.rotatedAt),
    previous_until: optional(key.previousUntil),
    revoked_at: optional(key.revokedAt),
    ttl: optional(ttlOf(key)),
  };
  return Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, AttributeValue] => entry[1] !== undefined));
}

const optional = (value: number | undefined) => (value === undefined ? undefined : number(value));
const timeOf = (value: AttributeValue | undefined) => (value?.N === undefined ? undefined : Number(value.N));

// A scope or tier that this version does not know, written by a newer one, opens nothing here.
function summaryOf(item: Item): ApiKeySummary {
  const tier = item.tier?.S ?? '';
  return {
    keyId: item.key_id?.S ?? '',
    tenantId: item.tenant_id?.S ?? '',
    scopes: (item.scopes?.SS ?? []).filter(isScope).toSorted(),
    tier: isTier(tier) ? tier : 'free',
    createdAt: Number(item.created_at?.N),
    expiresAt: timeOf(item.expires_at),
    rotatedAt: timeOf(item.rotated_at),
    previousUntil: timeOf(item.previous_until),
    revokedAt: timeOf(item.revoked_at),
  };
}
