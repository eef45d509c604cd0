import {
  type BulkKind,
  type BulkTask,
  isMessageId,
  type Requested,
  type TaskRequest,
  type WebhookEndpoints,
  type WebhookTasks,
} from 'plinth-runtime/webhooks';
import { iso } from '../shared/iso';
import { type JsonObject, readJsonBody, unknownFields } from '../shared/json-body';
import { type FieldFault, invalidRequest, noBody, problemResponse, shown } from '../shared/problem';
import { type ApiHandler, type ApiRequest, jsonResponse } from '../shared/route';
import type { Checked } from './endpoint-body';
import { endpointIdIn } from './endpoint-handlers';
import { ENDPOINT_NOT_FOUND, MESSAGE_NOT_FOUND, TASK_NOT_FOUND, taskFinishedProblem, tooManyTasksProblem } from './problems';

export const MAX_TASK_BODY_BYTES = 4096;
const TASK_ID = /^tsk_[A-Za-z0-9_-]{16,64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;
const TIME_ALLOWED = 'a time such as 2026-01-01T00:00:00Z';

/** POST /v1/webhooks/{id}/recover and /replay: 202 with the task. */
export const bulkHandler =
  (endpoints: WebhookEndpoints, tasks: WebhookTasks, kind: Exclude<BulkKind, 'purge'>): ApiHandler =>
  async (request, { tenantId, requestId, clock }) => {
    const read = readJsonBody(request, MAX_TASK_BODY_BYTES);
    if (read.problem) return problemResponse(read.problem, requestId);
    const checked = checkTask(read.value, clock.now());
    if (checked.faults) return problemResponse(invalidRequest(checked.faults), requestId);
    const endpoint = await endpoints.get(tenantId, endpointIdIn(request));
    if (!endpoint) return problemResponse(ENDPOINT_NOT_FOUND, requestId);
    return answered(await tasks.request({ tenantId, kind, endpointId: endpoint.id, ...checked.value }), requestId);
  };

/** POST /v1/webhooks/purge: 202 with the task that takes bodies and logs of the tenant away. */
export const purgeTenantHandler =
  (tasks: WebhookTasks): ApiHandler =>
  async (request, { tenantId, requestId, clock }) => {
    const read = readJsonBody(request, MAX_TASK_BODY_BYTES);
    if (read.problem) return problemResponse(read.problem, requestId);
    const { since = new Date(0).toISOString() } = read.value;
    const checked = checkTask({ ...read.value, since }, clock.now());
    if (checked.faults) return problemResponse(invalidRequest(checked.faults), requestId);
    return answered(await tasks.request({ tenantId, kind: 'purge', ...checked.value }), requestId);
  };

const answered = (requested: Requested, requestId: string) =>
  requested.type === 'full'
    ? problemResponse(tooManyTasksProblem(requested.bound), requestId)
    : jsonResponse(202, taskView(requested.task), { location: `/v1/webhooks/tasks/${requested.task.id}` });

/** GET /v1/webhooks/tasks/{task} */
export const taskHandler =
  (tasks: WebhookTasks): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const task = await tasks.get(tenantId, taskIdIn(request));
    return task ? jsonResponse(200, taskView(task)) : problemResponse(TASK_NOT_FOUND, requestId);
  };

/** POST /v1/webhooks/tasks/{task}/cancel: what it did stays done. */
export const cancelTaskHandler =
  (tasks: WebhookTasks): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    if (request.body.length > 0) return problemResponse(invalidRequest([noBody(request.body)]), requestId);
    const cancelled = await tasks.cancel(tenantId, taskIdIn(request));
    if (cancelled.type === 'not-found') return problemResponse(TASK_NOT_FOUND, requestId);
    if (cancelled.type === 'finished') return problemResponse(taskFinishedProblem(cancelled.task.state), requestId);
    return jsonResponse(200, taskView(cancelled.task));
  };

/** DELETE /v1/webhooks/messages/{message}/body: 200 with how many deliveries it ended. */
export const purgeHandler =
  (tasks: WebhookTasks): ApiHandler =>
  async ({ params: { message = '' } }, { tenantId, requestId }) => {
    const purged = isMessageId(message) ? await tasks.purgeMessage(tenantId, message) : undefined;
    if (!purged) return problemResponse(MESSAGE_NOT_FOUND, requestId);
    return jsonResponse(200, { message_id: message, deliveries_ended: purged.ended });
  };

const taskIdIn = ({ params: { task = '' } }: ApiRequest): string => (TASK_ID.test(task) ? task : 'tsk_');

function checkTask(body: JsonObject, now: number): Checked<Pick<TaskRequest, 'since' | 'until' | 'isDryRun'>> {
  const { since, until, dry_run: dryRun } = body;
  const timeFault = (field: string, value: unknown): FieldFault | undefined =>
    typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value))
      ? undefined
      : { field, given: shown(value), allowed: TIME_ALLOWED };
  const faults = [
    ...unknownFields(body, ['since', 'until', 'dry_run']),
    timeFault('since', since),
    until === undefined ? undefined : timeFault('until', until),
    dryRun === undefined || typeof dryRun === 'boolean' ? undefined : { field: 'dry_run', given: shown(dryRun), allowed: 'true or false' },
  ].filter((fault) => fault !== undefined);
  const times = { since: Date.parse(since as string), until: until === undefined ? undefined : Date.parse(until as string) };
  if (faults.length === 0 && times.since >= (times.until ?? now)) {
    faults.push({ field: 'since', given: shown(since), allowed: `a time before ${until === undefined ? 'now' : 'until'}` });
  }
  return faults.length > 0 ? { faults } : { value: { ...times, isDryRun: dryRun === true } };
}

const taskView = (task: BulkTask) => ({
  task_id: task.id,
  kind: task.kind,
  webhook_id: task.endpointId,
  since: iso(task.since),
  until: iso(task.until),
  dry_run: task.isDryRun,
  status: task.state,
  seen: task.seen,
  done: task.done,
  skipped: task.skipped,
  created_at: iso(task.createdAt),
  finished_at: iso(task.finishedAt),
});
