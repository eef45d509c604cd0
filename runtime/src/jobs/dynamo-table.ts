import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

export const TENANT_INDEX = 'by-tenant';
export const DUE_INDEX = 'due';

/** What a list tells, and what it needs to leave a row out. */
export const LISTED = [
  'tenant_id',
  'kind',
  'state',
  'progress',
  'stage',
  'cancel_requested',
  'created_at',
  'deadline_at',
  'started_at',
  'finished_at',
  'ttl',
];

/** The table of a `DynamoJobStore`, on demand; time to live is switched on apart, on the attribute `ttl`. */
export const jobTable = (name: string): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'tenant_shard', AttributeType: 'S' },
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'due_shard', AttributeType: 'S' },
    { AttributeName: 'due_at', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: TENANT_INDEX,
      KeySchema: [
        { AttributeName: 'tenant_shard', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: LISTED },
    },
    {
      IndexName: DUE_INDEX,
      KeySchema: [
        { AttributeName: 'due_shard', KeyType: 'HASH' },
        { AttributeName: 'due_at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['id', 'tenant_id', 'state'] },
    },
  ],
});
