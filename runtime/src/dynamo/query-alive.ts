import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { nowSeconds } from './conditions';
import type { Item } from './items';
import type { TableClient } from './table-client';

/** A page after the first: what ran out and is not deleted yet may lie in the way by the thousand. */
const LATER_PAGE = 1000;

export type KeyQuery = Pick<QueryCommandInput, 'IndexName' | 'KeyConditionExpression' | 'ExpressionAttributeValues' | 'ConsistentRead'>;

/** The first rows that did not run out, at most `limit`. An index that is asked has `ttl` among its attributes. */
export async function queryAlive(table: TableClient, query: KeyQuery, limit: number, now: number): Promise<Item[]> {
  const found: Item[] = [];
  for (let from: Item | undefined, isFirst = true; (isFirst || from) && found.length < limit; isFirst = false) {
    const { items, last } = await table.query({
      ...query,
      FilterExpression: '#ttl > :seconds',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ':seconds': nowSeconds(now) },
      Limit: isFirst ? limit : LATER_PAGE,
      ExclusiveStartKey: from,
    });
    found.push(...items);
    from = last;
  }
  return found.slice(0, limit);
}
