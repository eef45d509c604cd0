import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ApiKeyStore, DynamoApiKeyStore } from 'plinth-runtime/access';

/** The table of a stage's keys. */
export function openKeyStore(region: string, tableName: string): ApiKeyStore {
  return new DynamoApiKeyStore({ client: new DynamoDBClient({ region }), tableName });
}
