import type { AttributeDefinition, CreateTableCommandInput, GlobalSecondaryIndex, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { listOf, type StageResource, textOf } from '../model/stage-model';

/** What makes a table like the template's: its keys and indexes. Recovery, encryption and time to live are nothing here. */
export function tableInput(name: string, { properties }: StageResource): CreateTableCommandInput {
  const indexes = listOf(properties.GlobalSecondaryIndexes).map(({ IndexName, KeySchema }): GlobalSecondaryIndex => ({
    IndexName: textOf(IndexName) ?? '',
    KeySchema: keysOf(KeySchema),
    // More than the template's would be no fault that shows here; less would.
    Projection: { ProjectionType: 'ALL' },
  }));
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: listOf(properties.AttributeDefinitions).map(({ AttributeName, AttributeType }) => ({
      AttributeName: textOf(AttributeName),
      AttributeType: textOf(AttributeType) as AttributeDefinition['AttributeType'],
    })),
    KeySchema: keysOf(properties.KeySchema),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

const keysOf = (schema: unknown): KeySchemaElement[] =>
  listOf(schema).map(({ AttributeName, KeyType }) => ({
    AttributeName: textOf(AttributeName),
    KeyType: textOf(KeyType) as KeySchemaElement['KeyType'],
  }));
