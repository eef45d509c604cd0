/** One condition the gateway answers itself. */
export interface Problem {
  /** Machine-readable, kebab-case: the last part of the problem's `type`, and the outcome in the access log. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly retryAfterSeconds?: number;
  /** What WWW-Authenticate tells (RFC 6750). */
  readonly challenge?: string;
}

const problem = (code: string, status: number, title: string, retryAfterSeconds?: number): Problem => ({
  code,
  status,
  title,
  retryAfterSeconds,
});

/** The conditions the gateway answers itself, as problem+json (RFC 9457). */
export const PROBLEMS = {
  badRequest: problem('bad-request', 400, 'The request is malformed'),
  keyConflict: problem('key-conflict', 400, 'Two different keys were presented'),
  keyMissing: {
    ...problem('key-missing', 401, 'A key is required: authorization: Bearer <key>, or x-api-key'),
    challenge: 'Bearer realm="api"',
  },
  keyInvalid: {
    ...problem('key-invalid', 401, 'The key is unknown, revoked or expired'),
    challenge: 'Bearer realm="api", error="invalid_token"',
  },
  scopeMissing: {
    ...problem('scope-missing', 403, 'The key may not do this'),
    challenge: 'Bearer realm="api", error="insufficient_scope"',
  },
  methodRefused: problem('method-refused', 405, 'The method is not served'),
  headersTimeout: problem('headers-timeout', 408, 'The request headers took too long'),
  bodyTooLarge: problem('body-too-large', 413, 'The request body is larger than the route takes'),
  tooManyFailedKeys: problem('too-many-failed-keys', 429, 'Too many keys from this address failed'),
  headersTooLarge: problem('headers-too-large', 431, 'The request headers are too large'),
  internal: problem('internal', 500, 'The request could not be answered'),
  upgradeRefused: problem('upgrade-refused', 501, 'Only upgrades to websocket are served'),
  appBrokeOff: problem('app-broke-off', 502, 'The application broke off before it answered'),
  appUnreachable: problem('app-unreachable', 503, 'The application does not take connections', 1),
  keysUnavailable: problem('keys-unavailable', 503, 'Keys cannot be checked now; send the request again', 1),
  draining: problem('draining', 503, 'The server is shutting down; send the request again', 1),
  notLive: problem('not-live', 503, 'The application does not answer'),
  notReady: problem('not-ready', 503, 'Not ready for traffic'),
  deadline: problem('deadline', 504, 'The request took longer than the route allows'),
} as const;

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** Members of a problem beside the standard ones. */
export type ProblemExtensions = { readonly [name: string]: unknown };

/** The body of a problem answer. */
export function problemBody(from: Problem, requestId: string, detail?: string, extensions?: ProblemExtensions): string {
  return JSON.stringify({
    ...extensions,
    type: `urn:plinth:problem:${from.code}`,
    title: from.title,
    status: from.status,
    detail,
    requestId,
  });
}
