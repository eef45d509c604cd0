import type { Clock } from '../resilience/clock';
import { bucketOf, type Histogram } from './duration-histogram';
import { isFinal, type Job } from './job';
import type { JobPage, JobQuery, JobStore, KeyRecord, QueueBounds, Reservation } from './job-store';

const HOUR_MS = 3_600_000;

/** Jobs in the memory of one process: for tests and for a run on one machine. */
export class MemoryJobStore implements JobStore {
  private readonly jobs = new Map<string, Job>();
  private readonly keys = new Map<string, KeyRecord>();
  private readonly queuedByTenant = new Map<string, number>();
  private readonly buckets = new Map<string, Map<number, number>>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  async create(job: Job): Promise<boolean> {
    if (this.alive(this.jobs.get(job.id))) return false;
    this.jobs.set(job.id, job);
    return true;
  }

  async read(id: string): Promise<Job | undefined> {
    return this.alive(this.jobs.get(id));
  }

  async replace(job: Job, revision: string): Promise<boolean> {
    if (this.jobs.get(job.id)?.revision !== revision) return false;
    this.jobs.set(job.id, job);
    return true;
  }

  async list({ tenantId, kind, state, limit, before }: JobQuery): Promise<JobPage> {
    const matching = [...this.jobs.values()]
      .filter((job) => this.alive(job) && job.tenantId === tenantId && (before === undefined || job.id < before))
      .filter((job) => (kind === undefined || job.kind === kind) && (state === undefined || job.state === state))
      .toSorted((one, other) => (one.id < other.id ? 1 : -1));
    const jobs = matching.slice(0, limit);
    return { jobs, next: matching.length > limit ? jobs.at(-1)?.id : undefined };
  }

  async due(limit: number): Promise<readonly string[]> {
    const now = this.clock.now();
    return [...this.jobs.values()]
      .filter(({ dueAt }) => dueAt !== undefined && dueAt <= now)
      .toSorted((one, other) => (one.dueAt ?? 0) - (other.dueAt ?? 0))
      .slice(0, limit)
      .map(({ id }) => id);
  }

  async readKey(tenantId: string, key: string): Promise<KeyRecord | undefined> {
    return this.alive(this.keys.get(JSON.stringify([tenantId, key])));
  }

  async takeKey(record: KeyRecord): Promise<KeyRecord> {
    const name = JSON.stringify([record.tenantId, record.key]);
    const standing = this.alive(this.keys.get(name));
    if (standing) return standing;
    this.keys.set(name, record);
    return record;
  }

  async reserve({ tenantId }: Pick<Job, 'id' | 'tenantId'>, { perTenant, global }: QueueBounds): Promise<Reservation> {
    const ofTenant = this.queuedByTenant.get(tenantId) ?? 0;
    if (ofTenant >= perTenant) return { full: 'tenant' };
    const ofAll = [...this.queuedByTenant.values()].reduce((sum, count) => sum + count, 0);
    if (ofAll >= global) return { full: 'global' };
    this.queuedByTenant.set(tenantId, ofTenant + 1);
    return { queued: ofTenant + 1 };
  }

  async count({ tenantId }: Pick<Job, 'id' | 'tenantId'>, change: 1 | -1): Promise<void> {
    this.queuedByTenant.set(tenantId, Math.max(0, (this.queuedByTenant.get(tenantId) ?? 0) + change));
  }

  async recount(): Promise<number> {
    let mended = 0;
    const waiting = [...this.jobs.values()].filter((job) => !isFinal(job) && job.state === 'queued');
    for (const [tenantId, counted] of this.queuedByTenant) {
      const queued = waiting.filter((job) => job.tenantId === tenantId).length;
      if (queued !== counted) mended += 1;
      this.queuedByTenant.set(tenantId, queued);
    }
    return mended;
  }

  async recordDuration(kind: string, ms: number): Promise<void> {
    const window = this.window(kind, 0);
    window.set(bucketOf(ms), (window.get(bucketOf(ms)) ?? 0) + 1);
  }

  async durations(kind: string): Promise<Histogram> {
    const sum = new Map(this.window(kind, 0));
    for (const [bucket, count] of this.window(kind, 1)) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
    return sum;
  }

  private window(kind: string, hoursAgo: number): Map<number, number> {
    const name = JSON.stringify([kind, Math.floor(this.clock.now() / HOUR_MS) - hoursAgo]);
    const window = this.buckets.get(name) ?? new Map<number, number>();
    this.buckets.set(name, window);
    return window;
  }

  private alive<Row extends { readonly ttl: number }>(row: Row | undefined): Row | undefined {
    return row !== undefined && row.ttl * 1000 > this.clock.now() ? row : undefined;
  }
}
