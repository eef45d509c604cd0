import type { Jobs, ResultStore } from 'plinth-runtime/jobs';
import type { ApiRoute } from '../shared/route';
import { cancelHandler } from './cancel-handler';
import { Cursors } from './cursor';
import { getHandler, listHandler, resultHandler } from './read-handlers';
import { batchHandler, MAX_BATCH_BODY_BYTES, MAX_BODY_BYTES, submitHandler } from './submit-handlers';

export interface JobRoutesOptions {
  readonly jobs: Jobs;
  readonly results: ResultStore;
  /** Secrets that cursors are signed with: the current one first, then those that still verify. */
  readonly cursorKeys: readonly string[];
}

const WRITE = { scopes: ['jobs'], maxBodyBytes: 0 } as const;
const READ = { scopes: ['jobs', 'read'], maxBodyBytes: 0 } as const;

/** The routes of jobs, below /v1/jobs. */
export function jobRoutes({ jobs, results, cursorKeys }: JobRoutesOptions): ApiRoute[] {
  const cursors = new Cursors(cursorKeys);
  return [
    { ...WRITE, method: 'POST', path: '/v1/jobs', maxBodyBytes: MAX_BODY_BYTES, handler: submitHandler(jobs) },
    { ...WRITE, method: 'POST', path: '/v1/jobs/batch', maxBodyBytes: MAX_BATCH_BODY_BYTES, handler: batchHandler(jobs) },
    { ...WRITE, method: 'POST', path: '/v1/jobs/{id}/cancel', handler: cancelHandler(jobs) },
    { ...READ, method: 'GET', path: '/v1/jobs', handler: listHandler(jobs, cursors) },
    { ...READ, method: 'GET', path: '/v1/jobs/{id}', handler: getHandler(jobs) },
    { ...READ, method: 'GET', path: '/v1/jobs/{id}/result', handler: resultHandler(jobs, results) },
  ];
}
