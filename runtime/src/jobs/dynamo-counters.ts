import { type Item, number, shardOf, text } from '../dynamo/items';
import type { TableClient } from '../dynamo/table-client';
import { dueShard, SHARDS } from './dynamo-items';
import { DUE_INDEX } from './dynamo-table';
import type { Job } from './job';
import type { QueueBounds, Reservation } from './job-store';

const KEPT_SECONDS = 30 * 24 * 3600;
/** A counter that changed this lately is left alone: the index it would be compared with lags behind. */
const QUIET_MS = 10_000;
/** Shards of the global counter that are tried before the bound counts as reached. */
const TRIED_SHARDS = 3;

type Counted = Pick<Job, 'id' | 'tenantId'>;

const counterKey = (shard: number, name: string): Item => ({ pk: text(`C#${shard}`), sk: text(name) });
const tenantName = (tenantId: string) => `T#${tenantId}`;
const GLOBAL_NAME = 'G';

/** How many jobs are queued: a row a tenant, and one in each shard for all. A crash between a job's row and its counter leaves it wrong until the recount. */
export class QueuedCounters {
  constructor(
    private readonly table: TableClient,
    private readonly now: () => number,
    private readonly shards = SHARDS,
  ) {}

  async reserve(job: Counted, bounds: QueueBounds): Promise<Reservation> {
    const [ofTenant, ofAll] = await Promise.all([
      this.add(this.tenantKey(job), 1, bounds.perTenant),
      this.addToAny(job, 1, Math.ceil(bounds.global / this.shards)),
    ]);
    if (ofTenant !== undefined && ofAll !== undefined) return { queued: ofTenant };
    if (ofTenant !== undefined) await this.add(this.tenantKey(job), -1);
    if (ofAll !== undefined) await this.addToAny(job, -1);
    return { full: ofTenant === undefined ? 'tenant' : 'global' };
  }

  async count(job: Counted, change: 1 | -1): Promise<void> {
    await Promise.all([this.add(this.tenantKey(job), change), this.addToAny(job, change)]);
  }

  async recount(): Promise<number> {
    const shards = Array.from({ length: Math.max(SHARDS, this.shards) }, (_, shard) => shard);
    const counters = (await Promise.all(shards.map((shard) => this.ofShard(shard)))).flat();
    const queued = await this.queuedJobs();
    const mended = await Promise.all(counters.map((counter) => this.mend(counter, queued.get(nameOf(counter)) ?? 0)));
    return mended.filter(Boolean).length;
  }

  private tenantKey = ({ tenantId }: Counted): Item => counterKey(shardOf(tenantId, SHARDS), tenantName(tenantId));

  /** The new count; nothing when it would leave 0 to `bound`. */
  private async add(key: Item, change: 1 | -1, bound = Number.MAX_SAFE_INTEGER): Promise<number | undefined> {
    const changed = await this.table.update(key, {
      UpdateExpression: 'ADD queued :change, changes :one SET updated_at = :now, #ttl = :ttl',
      ConditionExpression: change > 0 ? 'attribute_not_exists(queued) OR queued < :bound' : 'queued > :zero',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':change': number(change),
        ':one': number(1),
        ':now': number(this.now()),
        ':ttl': this.ttl(),
        ...(change > 0 ? { ':bound': number(bound) } : { ':zero': number(0) }),
      },
    });
    return changed && Number(changed.queued?.N);
  }

  /** As `add` on the job's shard of the global counter, or on one of the next. */
  private async addToAny({ id }: Counted, change: 1 | -1, bound?: number): Promise<number | undefined> {
    const home = shardOf(id, this.shards);
    for (let at = 0; at < Math.min(TRIED_SHARDS, this.shards); at += 1) {
      const count = await this.add(counterKey((home + at) % this.shards, GLOBAL_NAME), change, bound);
      if (count !== undefined) return count;
    }
    return undefined;
  }

  private ttl = () => number(Math.ceil(this.now() / 1000) + KEPT_SECONDS);

  private ofShard(shard: number): Promise<Item[]> {
    return this.table.queryAll({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': text(`C#${shard}`) },
      ConsistentRead: true,
    });
  }

  /** Queued jobs by the name of each counter they belong to. */
  private async queuedJobs(): Promise<Map<string, number>> {
    const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
    const active = (await Promise.all(shards.map((shard) => this.activeJobs(shard)))).flat();
    const sums = new Map<string, number>();
    for (const { id, tenant_id: tenantId } of active.filter(({ state }) => state?.S === 'queued')) {
      for (const key of [
        this.tenantKey({ id: '', tenantId: tenantId?.S ?? '' }),
        counterKey(shardOf(id?.S ?? '', this.shards), GLOBAL_NAME),
      ]) {
        sums.set(nameOf(key), (sums.get(nameOf(key)) ?? 0) + 1);
      }
    }
    return sums;
  }

  private activeJobs(shard: number): Promise<Item[]> {
    return this.table.queryAll({
      IndexName: DUE_INDEX,
      KeyConditionExpression: 'due_shard = :shard',
      ExpressionAttributeValues: { ':shard': text(dueShard(shard)) },
    });
  }

  private async mend(counter: Item, queued: number): Promise<boolean> {
    if (Number(counter.queued?.N) === queued || Number(counter.updated_at?.N) > this.now() - QUIET_MS) return false;
    const mended = await this.table.update(
      { pk: counter.pk, sk: counter.sk },
      {
        UpdateExpression: 'SET queued = :queued, #ttl = :ttl ADD changes :one',
        ConditionExpression: 'changes = :changes',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':queued': number(queued),
          ':one': number(1),
          ':changes': counter.changes,
          ':ttl': this.ttl(),
        },
      },
    );
    return mended !== undefined;
  }
}

const nameOf = ({ pk, sk }: Item): string => `${pk?.S}/${sk?.S}`;
