import { isFinal, isJobId, type Jobs } from 'plinth-runtime/jobs';
import { invalidRequest, noBody, problemResponse } from '../shared/problem';
import { type ApiHandler, jsonResponse } from '../shared/route';
import { etagOf, jobView, type WebhookState } from './job-view';
import { finishedProblem, NOT_FOUND } from './problems';

/** POST /v1/jobs/{id}/cancel: 200 when the job is cancelled, 202 when its attempt was asked to stop, 409 when it ended otherwise. */
export const cancelHandler =
  (jobs: Jobs, webhook?: WebhookState): ApiHandler =>
  async ({ params: { id = '' }, body }, { tenantId, requestId }) => {
    if (body.length > 0) return problemResponse(invalidRequest([noBody(body)]), requestId);
    if (!isJobId(id)) return problemResponse(NOT_FOUND, requestId);
    const { job, refusal } = await jobs.cancel(tenantId, id);
    if (!job || refusal === 'not-found') return problemResponse(NOT_FOUND, requestId);
    if (refusal === 'finished') return problemResponse(finishedProblem(job.state), requestId);
    return jsonResponse(isFinal(job) ? 200 : 202, jobView(job, webhook), { etag: etagOf(job) });
  };
