import { Estimates } from './estimates';
import type { Job, JobError } from './job';
import { JobContext, type JobsOptions } from './job-context';
import { retryDelay } from './job-kinds';
import type { JobPage, JobQuery } from './job-store';
import { type Submission, type Submitted, Submitter } from './submit';
import { type StepResult, takeStep } from './take-step';
import { cancel, claim, finish, heartbeat, type Outcome, sweep } from './transitions';

/** Why an attempt failed, and whether another may do better. */
export interface JobFailure extends JobError {
  readonly retryable: boolean;
  /** A wait the other side asks for; the kind's own where that is longer. */
  readonly retryAfterMs?: number;
}

/**
 * Asynchronous jobs over a store and a queue: the store is the truth, the queue a hint. A step is read, decided and written on the condition
 * that nothing was written since, so that of any number of racing steps one wins.
 *
 * @example
 * const jobs = new Jobs({ store, messages, kinds: jobKinds([{ name: 'documents.process' }]) });
 * const submitted = await jobs.submit({ tenantId: 'acme', kind: 'documents.process', input: { documentId: 'd-1' } });
 */
export class Jobs {
  readonly context: JobContext;
  private readonly submitter: Submitter;

  constructor(options: JobsOptions) {
    this.context = new JobContext(options);
    this.submitter = new Submitter(this.context, new Estimates(options.store, this.context.clock));
  }

  /** Queues a job, once for an idempotency key. The kind must be one of the configured. */
  submit(submission: Submission): Promise<Submitted> {
    return this.submitter.submit(submission);
  }

  /** A tenant's job as last written; another tenant's is as absent as none. */
  async get(tenantId: string, id: string): Promise<Job | undefined> {
    const job = await this.context.store.read(id);
    return job?.tenantId === tenantId ? job : undefined;
  }

  /** A tenant's jobs, newest first; eventually consistent. */
  list(query: JobQuery): Promise<JobPage> {
    return this.context.store.list(query);
  }

  /** Takes a job for a new attempt; the token of its lease stands for the attempt from then on. */
  claim(id: string): Promise<StepResult> {
    const token = this.context.random(16);
    return takeStep(this.context, id, (job, now) => claim(job, { token, leaseMs: this.leaseMs(job), now }, this.context.retention));
  }

  /** Extends an attempt's lease and says how far it is; refused with `cancelled` once its owner asked for that. */
  heartbeat(id: string, token: string, { progress, stage }: { progress?: number; stage?: string } = {}): Promise<StepResult> {
    return takeStep(this.context, id, (job, now) =>
      heartbeat(job, { token, leaseMs: this.leaseMs(job), progress, stage, now }, this.context.retention),
    );
  }

  /** Ends a job with what its attempt came to; refused unless the attempt still holds it. */
  finish(id: string, token: string, outcome: Outcome): Promise<StepResult> {
    return takeStep(this.context, id, (job, now) => finish(job, token, outcome, now, this.context.retention));
  }

  /** Ends a failed attempt; the job is queued again when the failure is retryable and attempts and time are left. */
  fail(id: string, token: string, { code, message, retryable, retryAfterMs = 0 }: JobFailure): Promise<StepResult> {
    const random = Buffer.from(this.context.randomBytes(4)).readUInt32BE() / 2 ** 32;
    return takeStep(this.context, id, (job, now) => {
      const wait = Math.max(retryAfterMs, retryDelay(this.context.kind(job.kind), job.attempt, random));
      const outcome: Outcome = { type: 'failed', error: { code, message }, retryAfterMs: retryable ? wait : undefined };
      return finish(job, token, outcome, now, this.context.retention);
    });
  }

  /** Ends a queued job at once and asks the attempt of a running one to stop; refused with `finished` when it ended otherwise. */
  cancel(tenantId: string, id: string): Promise<StepResult> {
    return takeStep(this.context, id, (job, now) =>
      job.tenantId === tenantId ? cancel(job, now, this.context.retention) : { refusal: 'not-found' },
    );
  }

  /** Settles a job whose time ran out, and sends a new message for one whose message seems lost. */
  sweep(id: string): Promise<StepResult> {
    return takeStep(this.context, id, (job, now) => sweep(job, now, this.context.retention));
  }

  private leaseMs({ kind }: Job): number {
    return this.context.kind(kind).leaseMs;
  }
}
