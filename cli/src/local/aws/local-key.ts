import { hashOf, SCOPES } from 'plinth-runtime/access';

/** The key of the local run: a word, which no other table knows. */
const LOCAL_KEY = 'local';

/** Lets everything in under the key `local`, of the tenant `local`; where a run before kept it, it stays as it is. */
export async function seedKey({ url, region }: { readonly url: string; readonly region: string }, tableName: string): Promise<string> {
  // Loaded here: every other command starts in half the time without it.
  const [{ DynamoDBClient }, { DynamoApiKeyStore }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('plinth-runtime/access'),
  ]);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ region, endpoint: url, credentials });
  try {
    await new DynamoApiKeyStore({ client, tableName }).create({
      keyId: LOCAL_KEY,
      tenantId: 'local',
      scopes: SCOPES,
      tier: 'enterprise',
      hash: hashOf(LOCAL_KEY),
      createdAt: Date.now(),
    });
    return LOCAL_KEY;
  } finally {
    client.destroy();
  }
}
