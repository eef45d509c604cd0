import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './items';

/** The calls a store makes of its table; a condition that does not hold is an answer, not an error. */
export class TableClient {
  constructor(
    private readonly client: Pick<DynamoDBClient, 'send'>,
    private readonly tableName: string,
  ) {}

  /** The row as last written. */
  async get(key: Item): Promise<Item | undefined> {
    const { Item: item } = await this.client.send(new GetItemCommand({ TableName: this.tableName, Key: key, ConsistentRead: true }));
    return item;
  }

  async put(item: Item, condition: Omit<PutItemCommandInput, 'TableName' | 'Item'>): Promise<boolean> {
    const written = await unlessRefused(this.client.send(new PutItemCommand({ TableName: this.tableName, Item: item, ...condition })));
    return written !== undefined;
  }

  /** The new values of what was changed; nothing when the condition does not hold. */
  async update(key: Item, update: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>): Promise<Item | undefined> {
    const command = new UpdateItemCommand({ TableName: this.tableName, Key: key, ReturnValues: 'UPDATED_NEW', ...update });
    const answer = await unlessRefused(this.client.send(command));
    return answer && (answer.Attributes ?? {});
  }

  async delete(key: Item, condition: Omit<DeleteItemCommandInput, 'TableName' | 'Key'>): Promise<boolean> {
    const deleted = await unlessRefused(this.client.send(new DeleteItemCommand({ TableName: this.tableName, Key: key, ...condition })));
    return deleted !== undefined;
  }

  async query(query: Omit<QueryCommandInput, 'TableName'>): Promise<{ items: Item[]; last?: Item }> {
    const { Items = [], LastEvaluatedKey } = await this.client.send(new QueryCommand({ TableName: this.tableName, ...query }));
    return { items: Items, last: LastEvaluatedKey };
  }

  async queryAll(query: Omit<QueryCommandInput, 'TableName'>): Promise<Item[]> {
    const all: Item[] = [];
    for (let from: Item | undefined, isFirst = true; isFirst || from; isFirst = false) {
      const { items, last } = await this.query({ ...query, ExclusiveStartKey: from });
      all.push(...items);
      from = last;
    }
    return all;
  }
}

async function unlessRefused<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
