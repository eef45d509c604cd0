import type { Endpoint, RevealedSecret } from 'plinth-runtime/webhooks';
import { iso } from '../shared/iso';

/** An endpoint as its owner is told it: no secret, no header's value. */
export const endpointView = (endpoint: Endpoint) => {
  const { id, url, events, description, state, disabledReason, retryPolicy, limits, signatureHeader, headerNames, keys } = endpoint;
  return {
    id,
    url,
    events,
    description,
    status: state,
    disabled_reason: disabledReason,
    retry_policy: {
      max_attempts: retryPolicy.maxAttempts,
      backoff: retryPolicy.backoff,
      timeout: retryPolicy.timeoutMs,
      max_elapsed_ms: retryPolicy.maxElapsedMs,
    },
    security: {
      signature_header: signatureHeader ?? 'webhook-signature',
      secrets: keys.filter(({ version }) => version === 'v1').map((key) => ({ kid: key.kid, ends_at: iso(key.notAfter) })),
      jwks_url: `/v1/webhooks/${id}/jwks.json`,
    },
    header_names: headerNames,
    rate_per_second: limits.ratePerSecond,
    max_in_flight: limits.inFlight,
    implicit: endpoint.isImplicit,
    created_at: iso(endpoint.createdAt),
    updated_at: iso(endpoint.updatedAt),
    expires_at: iso(endpoint.ttl === undefined ? undefined : endpoint.ttl * 1000),
  };
};

export const secretView = ({ kid, secret, createdAt, notAfter }: RevealedSecret) => ({
  kid,
  hmac_secret: secret,
  created_at: iso(createdAt),
  ends_at: iso(notAfter),
});
