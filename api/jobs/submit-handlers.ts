import type { Jobs, JsonValue } from 'plinth-runtime/jobs';
import { isObject, readJsonBody, unknownFields } from '../shared/json-body';
import { type ApiProblem, invalidRequest, problemMembers, problemResponse, shown } from '../shared/problem';
import { type ApiHandler, jsonResponse } from '../shared/route';
import { checkSubmission, type SubmissionRules } from './job-submission';
import { acceptedView, type WebhookState } from './job-view';
import { refusalProblem } from './problems';

export const MAX_BODY_BYTES = 64 * 1024;
export const MAX_BATCH_BODY_BYTES = 1024 * 1024;
export const MAX_BATCH = 100;
const AT_ONCE = 10;

type Answer = { readonly accepted: ReturnType<typeof acceptedView>; readonly isReplay: boolean } | { readonly problem: ApiProblem };

export interface Submitting {
  readonly jobs: Jobs;
  readonly webhook?: WebhookState;
  readonly urlFault?: SubmissionRules['urlFault'];
}

async function submitOne({ jobs, webhook, urlFault }: Submitting, body: JsonValue | undefined, tenantId: string): Promise<Answer> {
  if (!isObject(body)) return { problem: invalidRequest([{ field: 'item', given: shown(body), allowed: 'a JSON object' }]) };
  const { submission, faults } = checkSubmission(body, tenantId, { kinds: jobs.context.kinds, urlFault });
  if (faults) return { problem: invalidRequest(faults) };
  const submitted = await jobs.submit(submission);
  if (submitted.type === 'conflict' || submitted.type === 'full') return { problem: refusalProblem(submitted) };
  return { accepted: acceptedView(submitted, webhook), isReplay: submitted.type === 'replayed' };
}

/** POST /v1/jobs: 202 with the job's id and estimate. */
export const submitHandler =
  (submitting: Submitting): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const read = readJsonBody(request, MAX_BODY_BYTES);
    if (read.problem) return problemResponse(read.problem, requestId);
    const answer = await submitOne(submitting, read.value, tenantId);
    if ('problem' in answer) return problemResponse(answer.problem, requestId);
    const replayed: Record<string, string> = answer.isReplay ? { 'idempotent-replayed': 'true' } : {};
    return jsonResponse(202, answer.accepted, { location: `/v1/jobs/${answer.accepted.job_id}`, ...replayed });
  };

/** POST /v1/jobs/batch: 207 with an answer an item, each as if it had come alone. */
export const batchHandler =
  (submitting: Submitting): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const read = readJsonBody(request, MAX_BATCH_BODY_BYTES);
    if (read.problem) return problemResponse(read.problem, requestId);
    const items = read.value.jobs;
    const faults = unknownFields(read.value, ['jobs']);
    const isBatch = Array.isArray(items) && items.length > 0 && items.length <= MAX_BATCH;
    if (!isBatch) faults.push({ field: 'jobs', given: shown(items), allowed: `an array of 1 to ${MAX_BATCH}` });
    if (!isBatch || faults.length > 0) return problemResponse(invalidRequest(faults), requestId);
    const answers: Answer[] = [];
    for (let at = 0; at < items.length; at += AT_ONCE) {
      const some = (items as JsonValue[]).slice(at, at + AT_ONCE);
      answers.push(...(await Promise.all(some.map((item) => submitOne(submitting, item, tenantId)))));
    }
    const accepted = answers.filter((answer) => 'accepted' in answer).length;
    const results = answers.map((answer, index) => itemView(answer, index, requestId));
    return jsonResponse(207, { accepted, refused: answers.length - accepted, items: results });
  };

const itemView = (answer: Answer, index: number, requestId: string) =>
  'accepted' in answer
    ? { index, status: 202, job: answer.accepted }
    : { index, status: answer.problem.status, problem: problemMembers(answer.problem, requestId) };
