import { createHash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { alive, ifRevision, unlessAlive } from '../dynamo/conditions';
import { type Item, number, text } from '../dynamo/items';
import { type OnUnread, readShards } from '../dynamo/read-shards';
import { TableClient } from '../dynamo/table-client';
import type { Clock } from '../resilience/clock';
import type { Histogram } from './duration-histogram';
import { QueuedCounters } from './dynamo-counters';
import { Durations } from './dynamo-durations';
import { dueShard, itemOf, jobKey, jobOf, SHARDS } from './dynamo-items';
import { listJobs } from './dynamo-list';
import { DUE_INDEX } from './dynamo-table';
import type { Job } from './job';
import type { JobPage, JobQuery, JobStore, KeyRecord, QueueBounds, Reservation } from './job-store';

export interface DynamoJobStoreOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  readonly clock: Pick<Clock, 'now'>;
  /**
   * Rows the global count of queued jobs is spread over; the bound may be passed by one job less than this.
   * @default 16
   */
  readonly counterShards?: number;
}

/** Jobs in one DynamoDB table (`jobTable`): conditional writes of one row, reads by key, queries of sharded indexes; no transaction, no scan. */
export class DynamoJobStore implements JobStore {
  private readonly table: TableClient;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly counters: QueuedCounters;
  private readonly taken: Durations;

  constructor({ client, tableName, clock, counterShards }: DynamoJobStoreOptions) {
    this.table = new TableClient(client, tableName);
    this.clock = clock;
    this.counters = new QueuedCounters(this.table, () => clock.now(), counterShards);
    this.taken = new Durations(this.table, () => clock.now());
  }

  create(job: Job): Promise<boolean> {
    return this.table.put(itemOf(job), unlessAlive(this.clock.now()));
  }

  async read(id: string): Promise<Job | undefined> {
    const item = alive(await this.table.get(jobKey(id)), this.clock.now());
    return item && jobOf(item);
  }

  replace(job: Job, revision: string): Promise<boolean> {
    return this.table.put(itemOf(job), ifRevision(revision));
  }

  list(query: JobQuery): Promise<JobPage> {
    return listJobs(this.table, query, this.clock.now());
  }

  async due(limit: number, onUnread?: OnUnread): Promise<readonly string[]> {
    const found = await readShards(SHARDS, (shard) => this.dueOfShard(shard, Math.ceil(limit / SHARDS)), onUnread);
    return found.slice(0, limit);
  }

  async readKey(tenantId: string, key: string): Promise<KeyRecord | undefined> {
    const item = alive(await this.table.get(recordKey(tenantId, key)), this.clock.now());
    return item && recordOf(item, tenantId, key);
  }

  async takeKey(record: KeyRecord): Promise<KeyRecord> {
    const { tenantId, key, jobId, requestHash, ttl } = record;
    const item = { ...recordKey(tenantId, key), job_id: text(jobId), request_hash: text(requestHash), ttl: number(ttl) };
    const isTaken = await this.table.put(item, unlessAlive(this.clock.now()));
    if (isTaken) return record;
    // Gone by now only when it ran out between the two calls.
    return (await this.readKey(tenantId, key)) ?? this.takeKey(record);
  }

  reserve(job: Pick<Job, 'id' | 'tenantId'>, bounds: QueueBounds): Promise<Reservation> {
    return this.counters.reserve(job, bounds);
  }

  count(job: Pick<Job, 'id' | 'tenantId'>, change: 1 | -1): Promise<void> {
    return this.counters.count(job, change);
  }

  recount(): Promise<number> {
    return this.counters.recount();
  }

  recordDuration(kind: string, ms: number): Promise<void> {
    return this.taken.record(kind, ms);
  }

  durations(kind: string): Promise<Histogram> {
    return this.taken.read(kind);
  }

  private async dueOfShard(shard: number, limit: number): Promise<string[]> {
    const { items } = await this.table.query({
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'due_shard = :shard AND due_at <= :now',
      ExpressionAttributeValues: { ':shard': text(dueShard(shard)), ':now': number(this.clock.now()) },
      Limit: limit,
    });
    return items.map(({ id }) => id?.S ?? '');
  }
}

function recordKey(tenantId: string, key: string): Item {
  const hash = createHash('sha256')
    .update(JSON.stringify([tenantId, key]))
    .digest('hex');
  return { pk: text(`K#${hash}`), sk: text('key') };
}

const recordOf = (item: Item, tenantId: string, key: string): KeyRecord => ({
  tenantId,
  key,
  jobId: item.job_id?.S ?? '',
  requestHash: item.request_hash?.S ?? '',
  ttl: Number(item.ttl?.N),
});
