import { isFinal, type Job, type JobError, type JsonValue } from './job';

/** Why a step was refused. */
export type Refusal =
  | 'not-found'
  /** The job is final: nothing changes it any more. */
  | 'finished'
  /** Another attempt holds the lease. */
  | 'taken'
  /** A retry's wait is not over. */
  | 'early'
  /** The token is not that of the current attempt. */
  | 'superseded'
  /** The attempt's lease ran out. */
  | 'lease-lost'
  | 'cancelled'
  | 'deadline';

/** What a step does: the job to write, if it changes, and why it was refused, if it was. A refused step may still settle the job. */
export interface Step {
  readonly job?: Job;
  readonly refusal?: Refusal;
}

export type Outcome =
  | { readonly type: 'succeeded'; readonly result?: JsonValue; readonly resultRef?: string }
  /** `retryAfterMs`: worth another attempt, after this wait. */
  | { readonly type: 'failed'; readonly error: JobError; readonly retryAfterMs?: number }
  | { readonly type: 'cancelled' };

export interface Retention {
  /** How long a final job can be read. */
  readonly keptForMs: number;
  /** How long a queued job waits before the sweeper takes its message for lost; doubles with each message it sends. */
  readonly resendAfterMs: number;
  /** Whether somebody is told of each end: a job stays due until that is done. */
  readonly tellsEnds?: boolean;
}

const LONGEST_RESEND_MS = 15 * 60_000;

export const ttlAfter = (at: number, keptForMs: number): number => Math.ceil((at + keptForMs) / 1000);

const resendWait = ({ sends }: Job, { resendAfterMs }: Retention): number => Math.min(LONGEST_RESEND_MS, resendAfterMs * 2 ** sends);

function queued(job: Job, notBefore: number, retention: Retention): Job {
  const dueAt = Math.min(job.deadlineAt, notBefore + resendWait(job, retention));
  return { ...job, state: 'queued', lease: undefined, notBefore, dueAt };
}

type End = Pick<Job, 'result' | 'resultRef' | 'error'> & { readonly state: 'succeeded' | 'failed' | 'cancelled' | 'expired' };

function ended(job: Job, end: End, now: number, { keptForMs, resendAfterMs, tellsEnds }: Retention): Job {
  const telling = tellsEnds ? { isUntold: true, sends: 0, dueAt: now + resendAfterMs } : { dueAt: undefined };
  return { ...job, lease: undefined, finishedAt: now, ttl: ttlAfter(now, keptForMs), ...telling, ...end };
}

const expired = (job: Job, now: number, retention: Retention) =>
  ended(job, { state: 'expired', error: { code: 'deadline', message: 'the job was not done by its deadline' } }, now, retention);

const workerLost = ({ maxAttempts }: Job): JobError => ({
  code: 'worker-lost',
  message: `the last of ${maxAttempts} attempts ended without a word; its lease ran out`,
});

/** A new job, queued. */
export function submitted(
  job: Omit<Job, 'state' | 'progress' | 'attempt' | 'cancelRequested' | 'notBefore' | 'sends' | 'dueAt' | 'ttl' | 'lease'>,
  retention: Retention,
): Job {
  const ttl = ttlAfter(job.deadlineAt, retention.keptForMs);
  const fresh = {
    ...job,
    state: 'queued',
    progress: 0,
    attempt: 0,
    cancelRequested: false,
    notBefore: job.createdAt,
    sends: 0,
    ttl,
  } as const;
  return queued(fresh, job.createdAt, retention);
}

/** What time alone makes of a job: its deadline passed or its lease ran out. Nothing when it stands as it is. */
export function settle(job: Job, now: number, retention: Retention): Job | undefined {
  if (isFinal(job)) return undefined;
  if (now >= job.deadlineAt) return expired(job, now, retention);
  if (job.lease === undefined || now < job.lease.until) return undefined;
  if (job.cancelRequested) return ended(job, { state: 'cancelled' }, now, retention);
  if (job.attempt >= job.maxAttempts) return ended(job, { state: 'failed', error: workerLost(job) }, now, retention);
  return queued(job, now, retention);
}

/** Takes a queued job, or one whose lease ran out, for a new attempt. */
export function claim(job: Job, { token, leaseMs, now }: { token: string; leaseMs: number; now: number }, retention: Retention): Step {
  const settled = settle(job, now, retention);
  const current = settled ?? job;
  if (isFinal(current)) return { job: settled, refusal: 'finished' };
  if (current.state === 'running') return { refusal: 'taken' };
  if (now < current.notBefore) return { refusal: 'early' };
  const until = Math.min(now + leaseMs, job.deadlineAt);
  const attempt = { attempt: job.attempt + 1, progress: 0, stage: undefined, startedAt: job.startedAt ?? now };
  return { job: { ...current, ...attempt, state: 'running', lease: { token, until }, dueAt: until } };
}

/** Whether the token still holds the job; what it may not do any more, settled. */
function held(job: Job, token: string, now: number, retention: Retention): Step {
  if (isFinal(job)) return { refusal: 'finished' };
  if (job.lease?.token !== token) return { refusal: 'superseded' };
  if (now >= job.deadlineAt) return { job: expired(job, now, retention), refusal: 'deadline' };
  if (now >= job.lease.until) return { refusal: 'lease-lost' };
  return {};
}

export interface Beat {
  readonly token: string;
  readonly leaseMs: number;
  /** Percent; a lower one than before is not taken back. */
  readonly progress?: number;
  readonly stage?: string;
  readonly now: number;
}

/** Extends the lease of an attempt and says how far it is. Refused once cancellation is asked for, so that it ends with the lease at the latest. */
export function heartbeat(job: Job, { token, leaseMs, progress = 0, stage, now }: Beat, retention: Retention): Step {
  const standing = held(job, token, now, retention);
  if (standing.refusal) return standing;
  if (job.cancelRequested) return { refusal: 'cancelled' };
  const until = Math.min(now + leaseMs, job.deadlineAt);
  return { job: { ...job, lease: { token, until }, dueAt: until, progress: Math.max(job.progress, progress), stage: stage ?? job.stage } };
}

/** Ends an attempt: the job with it, or only the attempt when it failed and another is worth it. */
export function finish(job: Job, token: string, outcome: Outcome, now: number, retention: Retention): Step {
  const standing = held(job, token, now, retention);
  if (standing.refusal) return standing;
  if (outcome.type === 'cancelled') return { job: ended(job, { state: 'cancelled' }, now, retention) };
  if (job.cancelRequested) return { job: ended(job, { state: 'cancelled' }, now, retention), refusal: 'cancelled' };
  if (outcome.type === 'succeeded') {
    const { result, resultRef } = outcome;
    return { job: ended({ ...job, progress: 100 }, { state: 'succeeded', result, resultRef }, now, retention) };
  }
  const { error, retryAfterMs } = outcome;
  const retryAt = now + (retryAfterMs ?? 0);
  if (retryAfterMs === undefined || job.attempt >= job.maxAttempts || retryAt >= job.deadlineAt) {
    return { job: ended(job, { state: 'failed', error }, now, retention) };
  }
  return { job: queued({ ...job, error }, retryAt, retention) };
}

/** Ends a queued job at once; asks the attempt of a running one to stop. */
export function cancel(job: Job, now: number, retention: Retention): Step {
  const settled = settle(job, now, retention);
  const current = settled ?? job;
  if (isFinal(current)) return { job: settled, refusal: current.state === 'cancelled' ? undefined : 'finished' };
  if (current.state === 'queued') return { job: ended(current, { state: 'cancelled' }, now, retention) };
  return job.cancelRequested ? {} : { job: { ...job, cancelRequested: true } };
}

/** Notes that a job's end was told. */
export const told = (job: Job): Step => (job.isUntold ? { job: { ...job, isUntold: undefined, dueAt: undefined } } : {});

/** What the sweeper does with a job that is due: settles it, or takes its message for lost and notes that another is sent, or that its end is told again. */
export function sweep(job: Job, now: number, retention: Retention): Step {
  const settled = settle(job, now, retention);
  if (settled) return { job: settled };
  if (job.isUntold && job.dueAt !== undefined && now >= job.dueAt) {
    const again = { ...job, sends: job.sends + 1 };
    return { job: { ...again, dueAt: now + resendWait(again, retention) } };
  }
  if (job.state !== 'queued' || job.dueAt === undefined || now < job.dueAt) return {};
  const again = { ...job, sends: job.sends + 1 };
  return { job: { ...queued(again, now, retention), notBefore: job.notBefore } };
}
