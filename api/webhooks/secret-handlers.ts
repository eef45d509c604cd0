import { ENDPOINT_BOUNDS, type WebhookEndpoints } from 'plinth-runtime/webhooks';
import { type JsonObject, readJsonBody } from '../shared/json-body';
import { invalidRequest, problemResponse } from '../shared/problem';
import { type ApiHandler, jsonResponse } from '../shared/route';
import { endpointIdIn, MAX_BODY_BYTES } from './endpoint-handlers';
import { numberFault, secretFault, strangeFields } from './endpoint-fields';
import { secretView } from './endpoint-view';
import { ENDPOINT_NOT_FOUND, tooManySecretsProblem } from './problems';

/** GET /v1/webhooks/{id}/secret: the secrets that sign, newest first. */
export const secretHandler =
  (endpoints: WebhookEndpoints): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const endpoint = await endpoints.get(tenantId, endpointIdIn(request));
    if (!endpoint) return problemResponse(ENDPOINT_NOT_FOUND, requestId);
    return jsonResponse(200, { secrets: (await endpoints.secrets(endpoint)).map(secretView) });
  };

/** POST /v1/webhooks/{id}/rotate-secret: 200 with the new secret; those before it sign on for the overlap. */
export const rotateHandler =
  (endpoints: WebhookEndpoints): ApiHandler =>
  async (request, { tenantId, requestId }) => {
    const read = request.body.length === 0 ? { value: {} as JsonObject } : readJsonBody(request, MAX_BODY_BYTES);
    if (read.problem) return problemResponse(read.problem, requestId);
    const { hmac_secret: secret, overlap_ms: overlapMs } = read.value;
    const { least, most } = ENDPOINT_BOUNDS.overlapMs;
    const faults = [
      ...strangeFields(read.value, ['hmac_secret', 'overlap_ms']),
      secretFault('hmac_secret', secret),
      numberFault('overlap_ms', overlapMs, { least, most, isWhole: true }),
    ].filter((fault) => fault !== undefined);
    if (faults.length > 0) return problemResponse(invalidRequest(faults), requestId);
    const rotation = { secret: secret as string | undefined, overlapMs: overlapMs as number | undefined };
    const rotated = await endpoints.rotateSecret(tenantId, endpointIdIn(request), rotation);
    if (rotated.type === 'not-found') return problemResponse(ENDPOINT_NOT_FOUND, requestId);
    if (rotated.type === 'too-many-secrets') return problemResponse(tooManySecretsProblem(ENDPOINT_BOUNDS.secrets), requestId);
    return jsonResponse(200, { secrets: (await endpoints.secrets(rotated.endpoint)).map(secretView) });
  };

/** GET /v1/webhooks/{id}/jwks.json: for everybody, as a public key is. */
export const keySetHandler =
  (endpoints: WebhookEndpoints): ApiHandler =>
  async (request, { requestId }) => {
    const keySet = await endpoints.keySet(endpointIdIn(request));
    if (!keySet) return problemResponse(ENDPOINT_NOT_FOUND, requestId);
    return jsonResponse(200, keySet, { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' });
  };
