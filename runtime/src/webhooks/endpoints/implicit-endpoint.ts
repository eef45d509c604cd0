import { createHash } from 'node:crypto';
import { generateSecret } from '../../signing/secrets';
import { DEFAULT_LIMITS, DEFAULT_RETRY_POLICY, type Endpoint } from '../endpoint';
import type { WebhookContext } from '../webhook-context';
import { ENDPOINT_BOUNDS } from './endpoint-draft';
import type { EndpointKeys } from './endpoint-keys';
import { writeOwner } from './owners';
import { leaveTombstone } from './tombstones';

/** One of a tenant and an origin. */
export function implicitId(tenantId: string, origin: string): string {
  return `whe_${createHash('sha256').update(`${tenantId}\n${origin}`).digest('base64url').slice(0, 32)}`;
}

/** What no origin is called. */
const ALL_OTHERS = '*';

/** The id of an origin's own, or of the one that all others share when a tenant has as many as it may. */
function idAmong(endpoints: readonly Endpoint[], tenantId: string, origin: string): string {
  const id = implicitId(tenantId, origin);
  const standing = endpoints.filter(({ isImplicit }) => isImplicit);
  const mayBe = standing.length < ENDPOINT_BOUNDS.implicit || standing.some((endpoint) => endpoint.id === id);
  return mayBe ? id : implicitId(tenantId, ALL_OTHERS);
}

export interface Unregistered {
  readonly tenantId: string;
  readonly url: string;
  /** All endpoints of the tenant. */
  readonly endpoints: readonly Endpoint[];
}

/** The endpoint of a URL that nobody registered: made at its first use, kept on by each later one. */
export async function implicitEndpoint(
  context: WebhookContext,
  keys: EndpointKeys,
  { tenantId, url, endpoints }: Unregistered,
): Promise<string> {
  const { origin } = new URL(url);
  const id = idAmong(endpoints, tenantId, origin);
  const now = context.clock.now();
  const endsAt = now + ENDPOINT_BOUNDS.implicitMs;
  const ttl = Math.ceil(endsAt / 1000);
  const standing = await context.store.endpoints.read({ tenantId, id });
  if (standing === undefined) {
    await leaveTombstone(context, { tenantId, id }, endsAt);
    await writeOwner(context, { endpointId: id, tenantId, ttl });
    // False when another made it at the same time: its keys are the endpoint's then.
    await context.store.endpoints.create({ ...(await fresh(context, keys, { id, tenantId }, now)), url: origin, ttl });
  } else if (((standing.ttl ?? 0) - now / 1000) * 1000 < ENDPOINT_BOUNDS.implicitMs / 2) {
    await leaveTombstone(context, { tenantId, id }, endsAt);
    await writeOwner(context, { endpointId: id, tenantId, ttl });
    // Refused when another writes it at the same time; the next use finds it due still if that renewed nothing.
    await context.store.endpoints.replace({ ...standing, ttl, revision: context.token() }, standing.revision);
    context.forgetEndpoint(tenantId, id);
  }
  return id;
}

async function fresh(context: WebhookContext, keys: EndpointKeys, owner: { id: string; tenantId: string }, now: number) {
  return {
    ...owner,
    events: [],
    state: 'enabled',
    retryPolicy: DEFAULT_RETRY_POLICY,
    limits: DEFAULT_LIMITS,
    headerNames: [],
    keys: await keys.first(owner, generateSecret(), now),
    isImplicit: true,
    createdAt: now,
    updatedAt: now,
    revision: context.token(),
  } satisfies Omit<Endpoint, 'url'>;
}
