import type { Estimate, Estimates } from './estimates';
import { requestHash } from './idempotency';
import type { Job, JsonValue } from './job';
import { type JobContext, KEY_STANDS_MS } from './job-context';
import { newJobId } from './job-id';
import { submitted } from './transitions';

/** What a caller asks for. */
export interface Submission {
  readonly tenantId: string;
  readonly kind: string;
  readonly input: JsonValue;
  readonly webhookUrl?: string;
  readonly idempotencyKey?: string;
  /** From now to the end; the kind's own where it is absent. */
  readonly deadlineMs?: number;
}

export type Submitted =
  | {
      readonly type: 'created' | 'replayed';
      readonly job: Job;
      readonly estimate: Estimate;
      /** The tenant's jobs that wait, this one included, as counted; absent for a replay. */
      readonly queued?: number;
    }
  /** The idempotency key was used for another request. */
  | { readonly type: 'conflict'; readonly jobId: string }
  | { readonly type: 'full'; readonly scope: 'tenant' | 'global'; readonly bound: number; readonly retryAfterMs: number };

const LONGEST_RETRY_AFTER_MS = 60_000;

/** Queues a job, once for an idempotency key. Key, count and job are three rows: what a crash leaves between them is mended by a replay or the recount. */
export class Submitter {
  constructor(
    private readonly context: JobContext,
    private readonly estimates: Estimates,
  ) {}

  async submit(submission: Submission): Promise<Submitted> {
    const { tenantId, idempotencyKey: key } = submission;
    const { store } = this.context;
    const hash = requestHash(comparable(submission));
    const standing = key === undefined ? undefined : await store.readKey(tenantId, key);
    if (standing && standing.requestHash !== hash) return { type: 'conflict', jobId: standing.jobId };
    const known = standing && (await store.read(standing.jobId));
    if (known) return this.replayed(known);
    // A key without its job: who took it ended before the job was written. The request is the same, so it is written now.
    const counted = { id: standing?.jobId ?? newJobId(this.context.clock.now(), this.context.randomBytes), tenantId };
    const room = await store.reserve(counted, this.context.bounds);
    if (room.full) return this.full(submission, room.full);
    const holder = key === undefined ? undefined : await this.takeKey(tenantId, key, counted.id, hash);
    const isConflict = holder !== undefined && holder.requestHash !== hash;
    const job = isConflict ? undefined : await this.create(holder?.jobId ?? counted.id, submission);
    if (job?.isNew) {
      await this.context.send(job.row);
      return { type: 'created', job: job.row, estimate: await this.estimateOf(job.row), queued: room.queued };
    }
    await this.context.count(counted, -1);
    return job ? this.replayed(job.row) : { type: 'conflict', jobId: holder?.jobId ?? '' };
  }

  private takeKey(tenantId: string, key: string, jobId: string, hash: string) {
    const ttl = Math.ceil((this.context.clock.now() + KEY_STANDS_MS) / 1000);
    return this.context.store.takeKey({ tenantId, key, jobId, requestHash: hash, ttl });
  }

  private async create(id: string, { tenantId, kind, input, webhookUrl, deadlineMs }: Submission): Promise<{ isNew: boolean; row: Job }> {
    const { clock, retention, store } = this.context;
    const policy = this.context.kind(kind);
    const createdAt = clock.now();
    const deadlineAt = createdAt + (deadlineMs ?? policy.deadlineMs);
    const revision = this.context.random(12);
    const { maxAttempts } = policy;
    const job = submitted({ id, tenantId, kind, input, webhookUrl, maxAttempts, createdAt, deadlineAt, revision }, retention);
    if (await store.create(job)) return { isNew: true, row: job };
    const row = (await store.read(id)) ?? job;
    // Ours after all when the answer to the first write was lost and it was sent again.
    return { isNew: row.revision === revision, row };
  }

  private async replayed(job: Job): Promise<Submitted> {
    return { type: 'replayed', job, estimate: await this.estimateOf(job) };
  }

  private async full({ kind }: Submission, scope: 'tenant' | 'global'): Promise<Submitted> {
    const { p50Ms } = await this.estimates.of(this.context.kind(kind));
    const bound = scope === 'tenant' ? this.context.bounds.perTenant : this.context.bounds.global;
    return { type: 'full', scope, bound, retryAfterMs: Math.min(LONGEST_RETRY_AFTER_MS, Math.max(1000, p50Ms)) };
  }

  private estimateOf({ kind }: Job): Promise<Estimate> {
    return this.estimates.of(this.context.kind(kind));
  }
}

const comparable = ({ kind, input, webhookUrl, deadlineMs }: Submission): JsonValue => ({
  kind,
  input,
  webhookUrl: webhookUrl ?? null,
  deadlineMs: deadlineMs ?? null,
});
