import type { Clock } from 'plinth-runtime/jobs';

/** What a caller's key may be used for. */
export type Scope = 'api' | 'jobs' | 'webhooks' | 'read' | 'admin' | 'on-behalf-of';

/** A request, whatever server took it. Header names are in lower case. */
export interface ApiRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** What stood in the place of the `{name}`s of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Who asks, and what bounds the answer. The tenant is empty on a public route. */
export interface ApiContext {
  readonly tenantId: string;
  readonly keyId: string;
  readonly scopes: readonly string[];
  readonly requestId: string;
  /** Aborts when the client left or the deadline passed. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export type ApiHandler = (request: ApiRequest, context: ApiContext) => Promise<ApiResponse>;

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Such as `/v1/jobs/{id}`; a `{name}` stands for one segment. */
  readonly path: string;
  /** A key with any of these may call it. */
  readonly scopes: readonly Scope[];
  /** The largest body it takes, in bytes. */
  readonly maxBodyBytes: number;
  /** Without a key: its context names no tenant, no key and no scope. */
  readonly isPublic?: boolean;
  readonly handler: ApiHandler;
}

export function jsonResponse(status: number, body: object, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }, body: JSON.stringify(body) };
}
