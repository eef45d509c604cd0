import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { hashOf, SCOPES } from 'plinth-runtime/access';

/** The key of the local run: a word, which no other table knows. */
export const LOCAL_KEY = 'local';

/** Lets everything in under the key `local`, of the tenant `local`. */
export async function seedKey(client: DynamoDBClient, tableName: string): Promise<string> {
  const { DynamoApiKeyStore } = await import('plinth-runtime/access');
  const store = new DynamoApiKeyStore({ client, tableName });
  await store.create({
    keyId: LOCAL_KEY,
    tenantId: 'local',
    scopes: SCOPES,
    tier: 'enterprise',
    hash: hashOf(LOCAL_KEY),
    createdAt: Date.now(),
  });
  return LOCAL_KEY;
}
