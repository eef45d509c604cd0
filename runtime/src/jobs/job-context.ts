import { randomBytes as systemRandomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../resilience/clock';
import type { Job } from './job';
import type { RandomBytes } from './job-id';
import { type JobKind, KIND_DEFAULTS } from './job-kinds';
import type { JobEnds } from './job-ends';
import type { JobMessages } from './job-messages';
import type { JobStore, QueueBounds } from './job-store';
import type { Retention } from './transitions';

/** What may fail without a step failing: the sweeper or the recount mends it. */
export type Left = 'message' | 'count' | 'duration' | 'event';

export interface JobsOptions {
  readonly store: JobStore;
  readonly messages: JobMessages;
  readonly kinds: ReadonlyMap<string, JobKind>;
  /**
   * How many jobs may wait.
   * @default 10,000 a tenant, 200,000 in all
   */
  readonly bounds?: QueueBounds;
  /**
   * How long a final job can be read; at least 25 hours, as an idempotency key stands for 24.
   * @default 7 days
   */
  readonly keptForMs?: number;
  /**
   * How long a queued job waits before its message is taken for lost.
   * @default 60 s
   */
  readonly resendAfterMs?: number;
  /**
   * Told of each job's end, once or more often.
   * @default - nobody is
   */
  readonly ends?: JobEnds;
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
  /** Told what was left to the sweeper: a message that could not be sent, a count or duration that could not be kept, an end that could not be told or noted as told. */
  readonly onLeft?: (what: Left, jobId: string, error: unknown) => void;
}

const HOUR_MS = 3_600_000;
export const KEY_STANDS_MS = 24 * HOUR_MS;

/** The options with their defaults, and what every step needs of them. */
export class JobContext {
  readonly store: JobStore;
  readonly kinds: ReadonlyMap<string, JobKind>;
  readonly bounds: QueueBounds;
  readonly retention: Retention;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;

  constructor(private readonly options: JobsOptions) {
    const { keptForMs = 7 * 24 * HOUR_MS, resendAfterMs = 60_000 } = options;
    const least = KEY_STANDS_MS + HOUR_MS;
    if (keptForMs < least) throw new Error(`Jobs: keptForMs must be at least ${least}, got ${keptForMs}; a key would outlive its job`);
    this.store = options.store;
    this.kinds = options.kinds;
    this.bounds = options.bounds ?? { perTenant: 10_000, global: 200_000 };
    this.retention = { keptForMs, resendAfterMs, tellsEnds: options.ends !== undefined };
    this.clock = options.clock ?? systemClock;
    this.randomBytes = options.randomBytes ?? systemRandomBytes;
  }

  /** A kind that is no longer configured ends its jobs by the defaults. */
  kind(name: string): JobKind {
    return this.kinds.get(name) ?? { name, ...KIND_DEFAULTS };
  }

  random(size: number): string {
    return Buffer.from(this.randomBytes(size)).toString('base64url');
  }

  send({ id, tenantId, notBefore }: Job): Promise<void> {
    const delayMs = Math.max(0, notBefore - this.clock.now());
    return this.leave('message', id, () => this.options.messages.send({ jobId: id, tenantId }, delayMs));
  }

  count(job: Pick<Job, 'id' | 'tenantId'>, change: 1 | -1): Promise<void> {
    return this.leave('count', job.id, () => this.store.count(job, change));
  }

  recordDuration({ id, kind, createdAt, finishedAt = createdAt }: Job): Promise<void> {
    return this.leave('duration', id, () => this.store.recordDuration(kind, finishedAt - createdAt));
  }

  /** Tells of a job's end and notes that it was told; what the note came to, if it was written. A failure of either has the sweeper tell it again. */
  async tell<Noted>(job: Job, note: () => Promise<Noted>): Promise<Noted | undefined> {
    const { ends } = this.options;
    if (ends === undefined) return undefined;
    return this.leave('event', job.id, async () => {
      await ends.tell(job, this.kind(job.kind));
      return note();
    });
  }

  /** The step stands, whatever becomes of this. */
  private async leave<Result>(what: Left, jobId: string, effect: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await effect();
    } catch (error) {
      this.options.onLeft?.(what, jobId, error);
      return undefined;
    }
  }
}
