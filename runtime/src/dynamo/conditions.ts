import type { PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type Item, number, text } from './items';

type Condition = Omit<PutItemCommandInput, 'TableName' | 'Item'>;

export const nowSeconds = (now: number) => number(Math.floor(now / 1000));

/** There is no row of this key, or one that ran out. */
export const unlessAlive = (now: number): Condition => ({
  ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now',
  ExpressionAttributeNames: { '#ttl': 'ttl' },
  ExpressionAttributeValues: { ':now': nowSeconds(now) },
});

/** The row is as it was read. */
export const ifRevision = (revision: string): Condition => ({
  ConditionExpression: 'revision = :revision',
  ExpressionAttributeValues: { ':revision': text(revision) },
});

/** The row unless it ran out: DynamoDB deletes such rows within days, not at once. A row without a `ttl` stays. */
export const alive = (item: Item | undefined, now: number): Item | undefined =>
  item !== undefined && (item.ttl === undefined || Number(item.ttl.N) * 1000 > now) ? item : undefined;
