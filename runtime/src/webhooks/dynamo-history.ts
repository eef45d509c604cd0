import { nowSeconds } from '../dynamo/conditions';
import { type Item, shardsFrom0, text } from '../dynamo/items';
import type { TableClient } from '../dynamo/table-client';
import { endpointShard, ENDPOINT_SHARDS, timeText } from './dynamo-items';
import { HISTORY_INDEX } from './dynamo-table';
import type { DeliveryQuery } from './webhook-store';

const MOST_ROUNDS = 10;

interface Slice {
  readonly items: Item[];
  /** Down to which place this shard was read; absent when it was read to its end. */
  readonly downTo?: string;
}

export interface HistoryPage {
  /** Keys of rows, newest first. */
  readonly items: readonly Item[];
  readonly next?: string;
}

const placeOf = (item: Item): string => item.history_at?.S ?? '';

/** A page of an endpoint's deliveries out of all its shards. Rounds go on while a filter leaves the page empty, ten at most: then `next` says where to go on. */
export async function readHistory(table: TableClient, query: DeliveryQuery, now: number): Promise<HistoryPage> {
  const items: Item[] = [];
  let before = query.before;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const page = await readRound(table, { ...query, before, limit: query.limit - items.length }, now);
    items.push(...page.items);
    before = page.next;
    if (before === undefined || items.length === query.limit) break;
  }
  return { items, next: before };
}

async function readRound(table: TableClient, query: DeliveryQuery, now: number): Promise<HistoryPage> {
  const slices = await Promise.all(shardsFrom0(ENDPOINT_SHARDS).map((shard) => readSlice(table, shard, query, now)));
  // What lies below the place where any shard stopped may not be told yet: that shard may hold newer ones.
  const horizon = slices.reduce((highest, { downTo = '' }) => (downTo > highest ? downTo : highest), '');
  const known = slices
    .flatMap(({ items }) => items)
    .filter((item) => placeOf(item) >= horizon)
    .toSorted((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
  const items = known.slice(0, query.limit);
  if (known.length > query.limit) return { items, next: placeOf(items.at(-1) ?? {}) };
  return { items, next: horizon === '' ? undefined : horizon };
}

async function readSlice(table: TableClient, shard: number, query: DeliveryQuery, now: number): Promise<Slice> {
  const { endpointId, state, since = 0, until, limit, before } = query;
  const ceilings = [...(before === undefined ? [] : [before]), ...(until === undefined ? [] : [timeText(until)])];
  const below = ceilings.toSorted().at(0);
  const { items, last } = await table.query({
    IndexName: HISTORY_INDEX,
    KeyConditionExpression: below === undefined ? 'history_shard = :shard' : 'history_shard = :shard AND history_at < :below',
    FilterExpression: ['#ttl > :now', ...(state ? ['#state = :state'] : [])].join(' AND '),
    ExpressionAttributeNames: { '#ttl': 'ttl', ...(state && { '#state': 'state' }) },
    ExpressionAttributeValues: {
      ':shard': text(endpointShard(endpointId, shard)),
      ':now': nowSeconds(now),
      ...(below !== undefined && { ':below': text(below) }),
      ...(state && { ':state': text(state) }),
    } satisfies Item,
    ScanIndexForward: false,
    Limit: limit,
  });
  const downTo = last && placeOf(last);
  const from = timeText(since);
  const isAtItsEnd = downTo === undefined || downTo < from;
  return { items: items.filter((item) => placeOf(item) >= from), downTo: isAtItsEnd ? undefined : downTo };
}
