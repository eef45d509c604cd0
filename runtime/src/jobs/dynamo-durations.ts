import { type Item, number, text } from '../dynamo/items';
import type { TableClient } from '../dynamo/table-client';
import { bucketOf, type Histogram } from './duration-histogram';
import { SHARDS } from './dynamo-items';

const HOUR_MS = 3_600_000;
const KEPT_SECONDS = 3 * 3600;
const SHARDS_OF_KIND = SHARDS / 4;

/** How long jobs of a kind took: a row an hour and shard, an attribute a bucket, added to without reading. */
export class Durations {
  private next = 0;

  constructor(
    private readonly table: TableClient,
    private readonly now: () => number,
  ) {}

  async record(kind: string, ms: number): Promise<void> {
    this.next = (this.next + 1) % SHARDS_OF_KIND;
    await this.table.update(this.key(kind, this.next, 0), {
      UpdateExpression: 'ADD #bucket :one SET #ttl = :ttl',
      ExpressionAttributeNames: { '#bucket': `b${bucketOf(ms)}`, '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':one': number(1), ':ttl': number(Math.ceil(this.now() / 1000) + KEPT_SECONDS) },
      ReturnValues: 'NONE',
    });
  }

  async read(kind: string): Promise<Histogram> {
    const shards = Array.from({ length: SHARDS_OF_KIND }, (_, shard) => shard);
    const rows = await Promise.all(shards.flatMap((shard) => [0, 1].map((hoursAgo) => this.table.get(this.key(kind, shard, hoursAgo)))));
    const sums = new Map<number, number>();
    for (const [name, value] of rows.flatMap((row) => Object.entries(row ?? {}))) {
      const bucket = /^b(\d+)$/.exec(name)?.[1];
      if (bucket !== undefined) sums.set(Number(bucket), (sums.get(Number(bucket)) ?? 0) + Number(value.N));
    }
    return sums;
  }

  private key(kind: string, shard: number, hoursAgo: number): Item {
    const hour = Math.floor(this.now() / HOUR_MS) - hoursAgo;
    return { pk: text(`D#${shard}#${kind}`), sk: text(new Date(hour * HOUR_MS).toISOString()) };
  }
}
