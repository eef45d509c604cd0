import { type Endpoint, type EndpointLimits, type RetryPolicy } from '../endpoint';

const DAY_MS = 86_400_000;

/** What a tenant may have, and for how long. */
export const ENDPOINT_BOUNDS = {
  /** Registered endpoints of a tenant: each is a delivery of each event it wants. */
  perTenant: 50,
  /** Secrets that sign at once: each is a signature in a header. */
  secrets: 5,
  overlapMs: { least: 0, otherwise: DAY_MS, most: 7 * DAY_MS },
  /** Implicit endpoints of a tenant, one an origin; all further origins share one, as each message of the tenant reads them all. */
  implicit: 200,
  /** How long an implicit endpoint is kept after its last use; renewed when less than half is left. */
  implicitMs: 90 * DAY_MS,
} as const;

/** Sent with each delivery besides what is signed. */
export type CustomHeaders = { readonly [name: string]: string };

/** An endpoint to be registered; checked by whoever took it. */
export interface EndpointDraft {
  readonly url: string;
  readonly events: readonly string[];
  readonly description?: string;
  readonly retryPolicy?: Partial<RetryPolicy>;
  readonly limits?: Partial<EndpointLimits>;
  readonly signatureHeader?: string;
  /** Generated where it is absent. */
  readonly secret?: string;
  readonly headers?: CustomHeaders;
}

/** What is to be different; null takes an option away. */
export interface EndpointChanges {
  readonly url?: string;
  readonly events?: readonly string[];
  readonly description?: string | null;
  readonly retryPolicy?: { readonly [Name in keyof RetryPolicy]?: RetryPolicy[Name] | null };
  readonly limits?: { readonly inFlight?: number; readonly ratePerSecond?: number | null };
  readonly signatureHeader?: string | null;
  readonly headers?: CustomHeaders | null;
}

/** The endpoint with the changes; headers are sealed elsewhere. */
export function changed(endpoint: Endpoint, { url, events, description, retryPolicy, limits, signatureHeader }: EndpointChanges): Endpoint {
  return {
    ...endpoint,
    url: url ?? endpoint.url,
    events: events ?? endpoint.events,
    description: orElse(description, endpoint.description),
    retryPolicy: merged(endpoint.retryPolicy, retryPolicy),
    limits: merged(endpoint.limits, limits),
    signatureHeader: orElse(signatureHeader, endpoint.signatureHeader),
  };
}

const orElse = (given: string | null | undefined, standing: string | undefined): string | undefined =>
  given === undefined ? standing : (given ?? undefined);

function merged<Fields extends object>(standing: Fields, changes: { readonly [Name in keyof Fields]?: Fields[Name] | null } = {}): Fields {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...standing, ...Object.fromEntries(given.map(([name, value]) => [name, value ?? undefined])) };
}
