import type { CreateTableCommandInput, GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb';

export const HISTORY_INDEX = 'history';
export const PARKED_INDEX = 'parked';
export const DUE_INDEX = 'due';
export const MESSAGE_INDEX = 'by-message';

const index = (name: string, partition: string, sort: string, attributes: string[]): GlobalSecondaryIndex => ({
  IndexName: name,
  KeySchema: [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ],
  Projection: attributes.length > 0 ? { ProjectionType: 'INCLUDE', NonKeyAttributes: attributes } : { ProjectionType: 'KEYS_ONLY' },
});

/** The table of a `DynamoWebhookStore`, on demand; time to live is switched on apart, on the attribute `ttl`. No index holds what a row says. */
export const webhookTable = (name: string): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    ...['pk', 'sk', 'history_shard', 'history_at', 'parked_endpoint', 'parked_at', 'due_shard', 'message_id'].map((text) => ({
      AttributeName: text,
      AttributeType: 'S' as const,
    })),
    { AttributeName: 'due_at', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    index(HISTORY_INDEX, 'history_shard', 'history_at', ['state', 'ttl']),
    index(PARKED_INDEX, 'parked_endpoint', 'parked_at', ['ttl']),
    index(DUE_INDEX, 'due_shard', 'due_at', ['ttl']),
    index(MESSAGE_INDEX, 'message_id', 'pk', []),
  ],
});
