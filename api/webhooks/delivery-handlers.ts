import type { Delivery, WebhookEndpoints, Webhooks } from 'plinth-runtime/webhooks';
import type { Cursors } from '../shared/cursor';
import { invalidRequest, noBody, problemResponse, shown } from '../shared/problem';
import { oneOf, unknownParameters, wholeNumber } from '../shared/query';
import { type ApiContext, type ApiHandler, type ApiRequest, jsonResponse } from '../shared/route';
import { deliveryLogView, deliveryView, stateOf, STATUSES } from './delivery-view';
import { endpointIdIn } from './endpoint-handlers';
import { DELIVERY_NOT_FOUND, ENDPOINT_NOT_FOUND, resendProblem } from './problems';

const MAX_PAGE = 100;
const PAGE = 50;
const DELIVERY_ID = /^del_[A-Za-z0-9_-]{1,64}$/;

/** GET /v1/webhooks/{id}/deliveries: newest first, a page at a time. */
export const deliveriesHandler =
  (endpoints: WebhookEndpoints, webhooks: Webhooks, cursors: Cursors): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const { query } = request;
    const endpointId = endpointIdIn(request);
    const status = query.get('status') ?? undefined;
    const cursor = query.get('cursor') ?? undefined;
    const limit = wholeNumber(query, 'limit', 1, MAX_PAGE, PAGE);
    const scope = ['deliveries-cursor', tenantId, endpointId, status];
    const before = cursor === undefined ? undefined : cursors.read(cursor, scope);
    const faults = [...unknownParameters(query, ['status', 'cursor', 'limit']), ...limit.faults];
    if (status !== undefined && !STATUSES.includes(status)) faults.push(oneOf('status', status, STATUSES));
    if (cursor !== undefined && before === undefined) {
      faults.push({ field: 'cursor', given: shown(cursor), allowed: 'a next_cursor of the same list, unchanged' });
    }
    if (faults.length > 0) return problemResponse(invalidRequest(faults), requestId);
    if (!(await endpoints.get(tenantId, endpointId))) return problemResponse(ENDPOINT_NOT_FOUND, requestId);
    const state = status === undefined ? undefined : stateOf(status);
    const page = await webhooks.context.store.deliveries.list({ endpointId, state, limit: limit.value, before });
    const next = page.next === undefined ? undefined : cursors.write(page.next, scope);
    return jsonResponse(200, { deliveries: page.deliveries.map(deliveryView), next_cursor: next });
  };

/** GET /v1/webhooks/{id}/deliveries/{delivery}: with the log of its attempts. */
export const deliveryHandler =
  (webhooks: Webhooks): ApiHandler =>
  async (request, context) => {
    const delivery = await deliveryOf(webhooks, request, context);
    return delivery ? jsonResponse(200, deliveryLogView(delivery)) : problemResponse(DELIVERY_NOT_FOUND, context.requestId);
  };

/** POST /v1/webhooks/{id}/deliveries/{delivery}/resend: 202; from the beginning of the policy, whatever became of it. */
export const resendHandler =
  (endpoints: WebhookEndpoints, webhooks: Webhooks): ApiHandler =>
  async (request, context) => {
    const { requestId } = context;
    if (request.body.length > 0) return problemResponse(invalidRequest([noBody(request.body)]), requestId);
    const standing = await deliveryOf(webhooks, request, context);
    if (!standing) return problemResponse(DELIVERY_NOT_FOUND, requestId);
    // A delivery can be read for longer than there is somebody to send it to.
    if (!(await endpoints.get(context.tenantId, standing.endpointId))) return problemResponse(ENDPOINT_NOT_FOUND, requestId);
    const { delivery, refusal } = await webhooks.resend(standing.id);
    if (refusal || !delivery) return problemResponse(resendProblem(refusal ?? 'not-found'), requestId);
    return jsonResponse(202, deliveryView(delivery));
  };

async function deliveryOf(webhooks: Webhooks, request: ApiRequest, { tenantId }: ApiContext): Promise<Delivery | undefined> {
  const { delivery: id = '' } = request.params;
  const delivery = DELIVERY_ID.test(id) ? await webhooks.context.store.deliveries.read(id) : undefined;
  return delivery?.tenantId === tenantId && delivery.endpointId === endpointIdIn(request) ? delivery : undefined;
}
