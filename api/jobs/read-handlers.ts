import { isFinal, isJobId, type Job, JOB_STATES, type JobState, type Jobs, type ResultStore } from 'plinth-runtime/jobs';
import type { Cursors } from '../shared/cursor';
import { invalidRequest, problemResponse, shown } from '../shared/problem';
import { oneOf, unknownParameters, wholeNumber } from '../shared/query';
import { type ApiHandler, jsonResponse } from '../shared/route';
import { etagOf, isNamed, jobView, summaryView, type WebhookState } from './job-view';
import { NOT_FOUND, RESULT_GONE } from './problems';
import { ChangeWaiter } from './wait-for-change';

export const LONGEST_WAIT_MS = 20_000;
const MAX_PAGE = 100;
const PAGE = 50;

/** GET /v1/jobs/{id}: the job with its ETag; 304 when it is as the caller knows it, after `wait_ms` at most. */
export function getHandler(jobs: Jobs, webhook?: WebhookState): ApiHandler {
  const waiter = new ChangeWaiter();
  return async ({ params, query, headers }, { tenantId, requestId, clock, signal }) => {
    const waitMs = wholeNumber(query, 'wait_ms', 0, LONGEST_WAIT_MS, 0);
    const faults = [...unknownParameters(query, ['wait_ms']), ...waitMs.faults];
    if (faults.length > 0) return problemResponse(invalidRequest(faults), requestId);
    const read = () => readJob(jobs, tenantId, params.id);
    const first = await read();
    if (!first) return problemResponse(NOT_FOUND, requestId);
    const known = headers['if-none-match'];
    const isKnown = known === undefined || isNamed(known, etagOf(first));
    const job = waitMs.value > 0 && isKnown ? await waiter.wait(read, first, { waitMs: waitMs.value, clock, signal }) : first;
    if (!job) return problemResponse(NOT_FOUND, requestId);
    const answer = { etag: etagOf(job), 'cache-control': 'private, no-cache' };
    return isNamed(known, answer.etag) ? { status: 304, headers: answer, body: '' } : jsonResponse(200, jobView(job, webhook), answer);
  };
}

/** GET /v1/jobs/{id}/result: a result that is too large for the job itself, as it was written. */
export const resultHandler =
  (jobs: Jobs, results: ResultStore): ApiHandler =>
  async ({ params, headers }, { tenantId, requestId }) => {
    const job = await readJob(jobs, tenantId, params.id);
    if (!job) return problemResponse(NOT_FOUND, requestId);
    if (!isFinal(job) || job.resultRef === undefined) return problemResponse(RESULT_GONE, requestId);
    const answer = { etag: etagOf(job), 'cache-control': 'private, no-cache' };
    if (isNamed(headers['if-none-match'], answer.etag)) return { status: 304, headers: answer, body: '' };
    const json = await results.read(job.resultRef);
    if (json === undefined) return problemResponse(RESULT_GONE, requestId);
    return { status: 200, headers: { 'content-type': 'application/json', ...answer }, body: json };
  };

/** GET /v1/jobs: the tenant's jobs, newest first, a page at a time. */
export const listHandler =
  (jobs: Jobs, cursors: Cursors): ApiHandler =>
  async ({ query }, { tenantId, requestId }) => {
    const kind = query.get('kind') ?? undefined;
    const status = query.get('status') ?? undefined;
    const cursor = query.get('cursor') ?? undefined;
    const limit = wholeNumber(query, 'limit', 1, MAX_PAGE, PAGE);
    const scope = ['jobs-cursor', tenantId, kind, status];
    const before = cursor === undefined ? undefined : cursors.read(cursor, scope);
    const faults = [...unknownParameters(query, ['kind', 'status', 'cursor', 'limit']), ...limit.faults];
    if (kind !== undefined && !jobs.context.kinds.has(kind)) faults.push(oneOf('kind', kind, [...jobs.context.kinds.keys()]));
    if (status !== undefined && !JOB_STATES.includes(status as JobState)) faults.push(oneOf('status', status, JOB_STATES));
    if (cursor !== undefined && before === undefined) {
      faults.push({ field: 'cursor', given: shown(cursor), allowed: 'a next_cursor of the same list, unchanged' });
    }
    if (faults.length > 0) return problemResponse(invalidRequest(faults), requestId);
    const page = await jobs.list({ tenantId, kind, state: status as JobState | undefined, limit: limit.value, before });
    const next = page.next === undefined ? undefined : cursors.write(page.next, scope);
    return jsonResponse(200, { jobs: page.jobs.map((job) => summaryView(job)), next_cursor: next });
  };

export async function readJob(jobs: Jobs, tenantId: string, id = ''): Promise<Job | undefined> {
  return isJobId(id) ? jobs.get(tenantId, id) : undefined;
}
