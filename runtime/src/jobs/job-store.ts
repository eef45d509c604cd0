import type { OnUnread } from '../dynamo/read-shards';
import type { Histogram } from './duration-histogram';
import type { Job, JobState } from './job';

/** Who used an idempotency key, for which job and with which request. */
export interface KeyRecord {
  readonly tenantId: string;
  readonly key: string;
  readonly jobId: string;
  readonly requestHash: string;
  /** Epoch seconds after which the key is free again. */
  readonly ttl: number;
}

/** How many jobs may wait. */
export interface QueueBounds {
  readonly perTenant: number;
  readonly global: number;
}

/** Room in the queue, or which bound is reached. `queued` counts the tenant's jobs that wait, this one included; it is approximate. */
export type Reservation = { readonly full?: undefined; readonly queued: number } | { readonly full: 'tenant' | 'global' };

export interface JobQuery {
  readonly tenantId: string;
  readonly kind?: string;
  readonly state?: JobState;
  readonly limit: number;
  /** Only jobs with a lower id: where the page before ended. */
  readonly before?: string;
}

/** What a list tells of a job. */
export type JobSummary = Pick<
  Job,
  'id' | 'tenantId' | 'kind' | 'state' | 'progress' | 'stage' | 'cancelRequested' | 'createdAt' | 'deadlineAt' | 'startedAt' | 'finishedAt'
>;

/** Newest first. A page may hold fewer than the limit; it is the last only when `next` is absent. */
export interface JobPage {
  readonly jobs: readonly JobSummary[];
  readonly next?: string;
}

/**
 * Where jobs are kept. Every write is of one row and conditional; which steps are allowed is not decided here but in `transitions`.
 * A row past its ttl is never returned.
 */
export interface JobStore {
  /** Writes a new job; false when there is one of its id. */
  create(job: Job): Promise<boolean>;
  /** The job as last written. */
  read(id: string): Promise<Job | undefined>;
  /** Writes a job in the place of the revision that was read; false when another write came between. */
  replace(job: Job, revision: string): Promise<boolean>;
  /** Eventually consistent. */
  list(query: JobQuery): Promise<JobPage>;
  /**
   * The ids of jobs that are due, at most `limit`, those due longest first within a shard. Eventually consistent. `onUnread` is told why a part of
   * the index could not be read, and the rest is answered; without it, or when nothing could be read, the call fails.
   */
  due(limit: number, onUnread?: OnUnread): Promise<readonly string[]>;
  /** Who holds a key, if anybody. */
  readKey(tenantId: string, key: string): Promise<KeyRecord | undefined>;
  /** Takes a key unless it is held; answers who holds it then. */
  takeKey(record: KeyRecord): Promise<KeyRecord>;
  /** Counts a job as queued unless a bound is reached. */
  reserve(job: Pick<Job, 'id' | 'tenantId'>, bounds: QueueBounds): Promise<Reservation>;
  /** Counts a job that is queued again, or waits no longer. */
  count(job: Pick<Job, 'id' | 'tenantId'>, change: 1 | -1): Promise<void>;
  /** Mends counters that a crash left wrong and that nothing changed since; answers how many it mended. */
  recount(): Promise<number>;
  recordDuration(kind: string, ms: number): Promise<void>;
  /** Durations of this hour and the one before. */
  durations(kind: string): Promise<Histogram>;
}
