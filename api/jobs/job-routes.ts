import type { Jobs, ResultStore } from 'plinth-runtime/jobs';
import { Cursors } from '../shared/cursor';
import type { ApiRoute } from '../shared/route';
import { cancelHandler } from './cancel-handler';
import type { SubmissionRules } from './job-submission';
import type { WebhookState } from './job-view';
import { getHandler, listHandler, resultHandler } from './read-handlers';
import { batchHandler, MAX_BATCH_BODY_BYTES, MAX_BODY_BYTES, submitHandler } from './submit-handlers';

export interface JobRoutesOptions {
  readonly jobs: Jobs;
  readonly results: ResultStore;
  /** Secrets that cursors are signed with: the current one first, then those that still verify. */
  readonly cursorKeys: readonly string[];
  /**
   * What becomes of a job's `webhook_url`.
   * @default 'planned'
   */
  readonly webhook?: WebhookState;
  readonly urlFault?: SubmissionRules['urlFault'];
}

const WRITE = { scopes: ['jobs'], maxBodyBytes: 0 } as const;
const READ = { scopes: ['jobs', 'read'], maxBodyBytes: 0 } as const;

/** The routes of jobs, below /v1/jobs. */
export function jobRoutes({ jobs, results, cursorKeys, webhook, urlFault }: JobRoutesOptions): ApiRoute[] {
  const cursors = new Cursors(cursorKeys);
  const submitting = { jobs, webhook, urlFault };
  return [
    { ...WRITE, method: 'POST', path: '/v1/jobs', maxBodyBytes: MAX_BODY_BYTES, handler: submitHandler(submitting) },
    { ...WRITE, method: 'POST', path: '/v1/jobs/batch', maxBodyBytes: MAX_BATCH_BODY_BYTES, handler: batchHandler(submitting) },
    { ...WRITE, method: 'POST', path: '/v1/jobs/{id}/cancel', handler: cancelHandler(jobs, webhook) },
    { ...READ, method: 'GET', path: '/v1/jobs', handler: listHandler(jobs, cursors) },
    { ...READ, method: 'GET', path: '/v1/jobs/{id}', handler: getHandler(jobs, webhook) },
    { ...READ, method: 'GET', path: '/v1/jobs/{id}/result', handler: resultHandler(jobs, results) },
  ];
}
