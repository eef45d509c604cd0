import { deliveryId, ENDPOINT_BOUNDS, type Webhooks, type WebhookEndpoints } from 'plinth-runtime/webhooks';
import { type FieldFault, invalidRequest, noBody, problemResponse } from '../shared/problem';
import { readJsonBody } from '../shared/json-body';
import { oneOf, unknownParameters } from '../shared/query';
import { type ApiHandler, type ApiRequest, jsonResponse } from '../shared/route';
import { checkChanges, checkDraft, clashFault } from './endpoint-body';
import type { UrlFault } from './endpoint-fields';
import { endpointView } from './endpoint-view';
import { ENDPOINT_NOT_FOUND, tooManyProblem } from './problems';

export const MAX_BODY_BYTES = 32 * 1024;
const ENDPOINT_ID = /^whe_[A-Za-z0-9_-]{16,64}$/;

/** The webhook's id in the path, if it can be one. */
export const endpointIdIn = ({ params: { id = '' } }: ApiRequest): string => (ENDPOINT_ID.test(id) ? id : 'whe_');

/** POST /v1/webhooks: 201 with the endpoint and its secret, which is shown here and by /secret alone. */
export const createHandler =
  (endpoints: WebhookEndpoints, urlFault: UrlFault): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const read = readJsonBody(request, MAX_BODY_BYTES);
    if (read.problem) return problemResponse(read.problem, requestId);
    const { value: draft, faults } = checkDraft(read.value, urlFault);
    if (faults) return problemResponse(invalidRequest(faults), requestId);
    const created = await endpoints.create(tenantId, draft);
    if (created.type === 'full') return problemResponse(tooManyProblem(created.bound), requestId);
    const view = endpointView(created.endpoint);
    const body = { ...view, security: { ...view.security, hmac_secret: created.secret } };
    return jsonResponse(201, body, { location: `/v1/webhooks/${view.id}` });
  };

/** GET /v1/webhooks: all of the tenant, oldest first; those of jobs' URLs with `implicit=true`. */
export const listHandler =
  (endpoints: WebhookEndpoints): ApiHandler =>
  async ({ query }, { tenantId, requestId }) => {
    const implicit = query.get('implicit') ?? 'false';
    const faults: FieldFault[] = [...unknownParameters(query, ['implicit'])];
    if (!['true', 'false'].includes(implicit)) faults.push(oneOf('implicit', implicit, ['true', 'false']));
    if (faults.length > 0) return problemResponse(invalidRequest(faults), requestId);
    const all = await endpoints.list(tenantId, { withImplicit: implicit === 'true' });
    return jsonResponse(200, { webhooks: all.map(endpointView), most: ENDPOINT_BOUNDS.perTenant });
  };

/** GET /v1/webhooks/{id} */
export const getHandler =
  (endpoints: WebhookEndpoints): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const endpoint = await endpoints.get(tenantId, endpointIdIn(request));
    return endpoint ? jsonResponse(200, endpointView(endpoint)) : problemResponse(ENDPOINT_NOT_FOUND, requestId);
  };

/** PATCH /v1/webhooks/{id}: what is named changes; null takes an option away. */
export const updateHandler =
  (endpoints: WebhookEndpoints, urlFault: UrlFault): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const id = endpointIdIn(request);
    const read = readJsonBody(request, MAX_BODY_BYTES);
    if (read.problem) return problemResponse(read.problem, requestId);
    const { value: changes, faults } = checkChanges(read.value, urlFault);
    if (faults) return problemResponse(invalidRequest(faults), requestId);
    const updated = await endpoints.update(tenantId, id, changes);
    if (updated.type === 'header-clash') return problemResponse(invalidRequest([clashFault(changes)]), requestId);
    return updated.type === 'edited' ? jsonResponse(200, endpointView(updated.endpoint)) : problemResponse(ENDPOINT_NOT_FOUND, requestId);
  };

/** DELETE /v1/webhooks/{id}: 204; what waits for it is cancelled. */
export const deleteHandler =
  (endpoints: WebhookEndpoints): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const isDeleted = await endpoints.delete(tenantId, endpointIdIn(request));
    return isDeleted ? { status: 204, headers: {}, body: '' } : problemResponse(ENDPOINT_NOT_FOUND, requestId);
  };

/** POST /v1/webhooks/{id}/pause and /resume */
export const stateHandler =
  (endpoints: WebhookEndpoints, verb: 'pause' | 'resume'): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const { body } = request;
    if (body.length > 0) return problemResponse(invalidRequest([noBody(body)]), requestId);
    const edited = await endpoints[verb](tenantId, endpointIdIn(request));
    return edited.type === 'edited' ? jsonResponse(200, endpointView(edited.endpoint)) : problemResponse(ENDPOINT_NOT_FOUND, requestId);
  };

/** POST /v1/webhooks/{id}/ping: 202 with the delivery of an event `webhook.ping`. */
export const pingHandler =
  (endpoints: WebhookEndpoints, webhooks: Webhooks): ApiHandler =>
  async (request, { tenantId, requestId, clock }) => {
    if (request.body.length > 0) return problemResponse(invalidRequest([noBody(request.body)]), requestId);
    const endpoint = await endpoints.get(tenantId, endpointIdIn(request));
    if (!endpoint) return problemResponse(ENDPOINT_NOT_FOUND, requestId);
    const { id: endpointId, url } = endpoint;
    const body = { type: 'webhook.ping', timestamp: new Date(clock.now()).toISOString(), webhook_id: endpointId };
    const published = await webhooks.publish({ tenantId, type: body.type, body, target: { endpointId, url } });
    if (published.type === 'conflict') throw new Error(`ping: a new id must stand for nothing else, got ${published.messageId}`);
    const id = deliveryId(published.message.id, endpointId);
    return jsonResponse(
      202,
      { message_id: published.message.id, delivery_id: id },
      { location: `/v1/webhooks/${endpointId}/deliveries/${id}` },
    );
  };
