import { type Item, number, text } from '../dynamo/items';
import { queryAlive } from '../dynamo/query-alive';
import { type OnUnread, readShards } from '../dynamo/read-shards';
import type { TableClient } from '../dynamo/table-client';
import { DUE_SHARDS, dueOf, dueShard } from './dynamo-items';
import { DUE_INDEX } from './dynamo-table';
import type { Due } from './webhook-store';

/** How much of the limit a shard may give, over its even share: few rows never spread evenly. */
const UNEVEN = { times: 2, plus: 16 };

/** What is due, in all shards: the sparse index holds only rows that will be. */
export class DueIndex {
  constructor(
    private readonly table: TableClient,
    private readonly now: () => number,
  ) {}

  /** Due longest first, so that no shard waits for another to be empty. */
  async due(limit: number, onUnread?: OnUnread): Promise<readonly Due[]> {
    const ofShard = Math.min(limit, Math.ceil(limit / DUE_SHARDS) * UNEVEN.times + UNEVEN.plus);
    const items = await this.oldest(ofShard, onUnread);
    return items.slice(0, limit).flatMap((item) => dueOf(item) ?? []);
  }

  async oldestDue(): Promise<number | undefined> {
    const [oldest] = await this.oldest(1, () => undefined);
    return oldest && dueAt(oldest);
  }

  private async oldest(ofShard: number, onUnread?: OnUnread): Promise<Item[]> {
    const found = await readShards(DUE_SHARDS, (shard) => this.ofShard(shard, ofShard), onUnread);
    return found.toSorted((one, other) => dueAt(one) - dueAt(other));
  }

  private ofShard(shard: number, limit: number): Promise<Item[]> {
    const now = this.now();
    const query = {
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'due_shard = :shard AND due_at <= :now',
      ExpressionAttributeValues: { ':shard': text(dueShard(shard)), ':now': number(now) },
    };
    return queryAlive(this.table, query, limit, now);
  }
}

const dueAt = (item: Item): number => Number(item.due_at?.N);
