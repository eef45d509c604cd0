import { type Item, number, text } from '../dynamo/items';
import type { TableClient } from '../dynamo/table-client';
import { summaryOf, TENANT_SHARDS, tenantShard } from './dynamo-items';
import { TENANT_INDEX } from './dynamo-table';
import type { JobPage, JobQuery, JobSummary } from './job-store';

const MOST_ROUNDS = 10;

interface Slice {
  readonly jobs: JobSummary[];
  /** Down to which id this shard was read; absent when it was read to its end. */
  readonly downTo?: string;
}

/** A page of a tenant's jobs out of all its shards. Rounds go on while a filter leaves the page empty, ten at most: then `next` says where to go on. */
export async function listJobs(table: TableClient, query: JobQuery, now: number): Promise<JobPage> {
  const jobs: JobSummary[] = [];
  let before = query.before;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const page = await readRound(table, { ...query, before, limit: query.limit - jobs.length }, now);
    jobs.push(...page.jobs);
    before = page.next;
    if (before === undefined || jobs.length === query.limit) break;
  }
  return { jobs, next: before };
}

async function readRound(table: TableClient, query: JobQuery, now: number): Promise<JobPage> {
  const shards = Array.from({ length: TENANT_SHARDS }, (_, shard) => tenantShard(query.tenantId, shard));
  const slices = await Promise.all(shards.map((shard) => readSlice(table, shard, query, now)));
  // What lies below the place where any shard stopped may not be told yet: that shard may hold newer ones.
  const horizon =
    slices
      .map(({ downTo }) => downTo ?? '')
      .toSorted()
      .at(-1) ?? '';
  const known = slices
    .flatMap(({ jobs }) => jobs)
    .filter(({ id }) => id >= horizon)
    .toSorted((one, other) => (one.id < other.id ? 1 : -1));
  const jobs = known.slice(0, query.limit);
  if (known.length > query.limit) return { jobs, next: jobs.at(-1)?.id };
  return { jobs, next: horizon === '' ? undefined : horizon };
}

async function readSlice(table: TableClient, shard: string, { kind, state, limit, before }: JobQuery, now: number): Promise<Slice> {
  const filters = ['#ttl > :now', ...(kind ? ['#kind = :kind'] : []), ...(state ? ['#state = :state'] : [])];
  const { items, last } = await table.query({
    IndexName: TENANT_INDEX,
    KeyConditionExpression: before === undefined ? 'tenant_shard = :shard' : 'tenant_shard = :shard AND id < :before',
    FilterExpression: filters.join(' AND '),
    ExpressionAttributeNames: { '#ttl': 'ttl', ...(kind && { '#kind': 'kind' }), ...(state && { '#state': 'state' }) },
    ExpressionAttributeValues: {
      ':shard': text(shard),
      ':now': number(Math.floor(now / 1000)),
      ...(before !== undefined && { ':before': text(before) }),
      ...(kind && { ':kind': text(kind) }),
      ...(state && { ':state': text(state) }),
    } satisfies Item,
    ScanIndexForward: false,
    Limit: limit,
  });
  return { jobs: items.map((item) => summaryOf(item)), downTo: last?.id?.S };
}
