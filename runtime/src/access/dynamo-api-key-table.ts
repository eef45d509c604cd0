import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

export const KEYS_BY_TENANT = 'by-tenant';

/** What a list tells: no hash is in the index. */
export const LISTED_OF_KEY = ['scopes', 'tier', 'created_at', 'expires_at', 'rotated_at', 'previous_until', 'revoked_at'];

/** The table of a `DynamoApiKeyStore`, on demand; time to live is switched on apart, on the attribute `ttl`. */
export const apiKeyTable = (name: string): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'key_id', AttributeType: 'S' },
    { AttributeName: 'tenant_id', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'key_id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: KEYS_BY_TENANT,
      KeySchema: [
        { AttributeName: 'tenant_id', KeyType: 'HASH' },
        { AttributeName: 'key_id', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: LISTED_OF_KEY },
    },
  ],
});
