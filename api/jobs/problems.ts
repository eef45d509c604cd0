import type { Submitted } from 'plinth-runtime/jobs';
import type { ApiProblem } from '../shared/problem';

export const NOT_FOUND: ApiProblem = { code: 'job-not-found', status: 404, title: 'There is no such job' };

export const RESULT_GONE: ApiProblem = { code: 'result-not-found', status: 404, title: 'The job has no result of its own address' };

export const finishedProblem = (state: string): ApiProblem => ({
  code: 'job-finished',
  status: 409,
  title: 'The job has ended and cannot be cancelled',
  detail: `the job is ${state}; only queued and running jobs can be cancelled`,
});

/** Why a submission was not taken. */
export function refusalProblem(refused: Extract<Submitted, { type: 'conflict' | 'full' }>): ApiProblem {
  if (refused.type === 'conflict') {
    const detail = `the key was used for job ${refused.jobId} with other content; send the same content, or another key`;
    return { code: 'idempotency-conflict', status: 409, title: 'The idempotency key was used for another request', detail };
  }
  const retryAfterSeconds = Math.ceil(refused.retryAfterMs / 1000);
  if (refused.scope === 'tenant') {
    const detail = `at most ${refused.bound} of a tenant's jobs may be queued; wait for some to start`;
    return { code: 'too-many-queued', status: 429, title: 'Too many of your jobs are queued', detail, retryAfterSeconds };
  }
  return { code: 'queue-full', status: 503, title: 'The queue of jobs is full; send the request again', retryAfterSeconds };
}
