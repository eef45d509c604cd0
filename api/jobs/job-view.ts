import { isFinal, type Job, type JobSummary, type Submitted } from 'plinth-runtime/jobs';
import { iso } from '../shared/iso';

/** What becomes of a job's `webhook_url`: accepted where webhooks are sent. */
export type WebhookState = 'planned' | 'accepted';

/** A job as a list tells it. */
export const summaryView = (job: JobSummary) => ({
  job_id: job.id,
  kind: job.kind,
  status: job.state,
  progress: job.progress,
  stage: job.stage,
  cancel_requested: job.cancelRequested || undefined,
  created_at: iso(job.createdAt),
  started_at: iso(job.startedAt),
  finished_at: iso(job.finishedAt),
  deadline_at: iso(job.deadlineAt),
});

/** A job as its owner is told it. */
export const jobView = (job: Job, webhook: WebhookState = 'planned') => ({
  ...summaryView(job),
  attempt: job.attempt,
  max_attempts: job.maxAttempts,
  processing_time_ms:
    isFinal(job) && job.startedAt !== undefined && job.finishedAt !== undefined ? job.finishedAt - job.startedAt : undefined,
  result: job.result,
  result_url: job.resultRef === undefined ? undefined : `/v1/jobs/${job.id}/result`,
  error: job.error,
  webhook: job.webhookUrl === undefined ? undefined : webhook,
});

/** What a submission is answered with. */
export const acceptedView = (
  { job, estimate, queued }: Extract<Submitted, { type: 'created' | 'replayed' }>,
  webhook: WebhookState = 'planned',
) => ({
  job_id: job.id,
  status: job.state,
  estimated_time_ms: estimate.p50Ms,
  estimated_time_p95_ms: estimate.p95Ms,
  approximate_queue_position: queued,
  webhook: job.webhookUrl === undefined ? undefined : webhook,
});

export const etagOf = ({ revision }: Job): string => `"${revision}"`;

/** Whether an If-None-Match names the tag; comparison is weak (RFC 9110). */
export function isNamed(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
