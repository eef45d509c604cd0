/** One condition the gateway answers itself. */
export interface Problem {
  /** Machine-readable, kebab-case: the last part of the problem's `type`, and the outcome in the access log. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly retryAfterSeconds?: number;
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
  methodRefused: problem('method-refused', 405, 'The method is not served'),
  headersTimeout: problem('headers-timeout', 408, 'The request headers took too long'),
  bodyTooLarge: problem('body-too-large', 413, 'The request body is larger than the route takes'),
  headersTooLarge: problem('headers-too-large', 431, 'The request headers are too large'),
  upgradeRefused: problem('upgrade-refused', 501, 'Only upgrades to websocket are served'),
  appBrokeOff: problem('app-broke-off', 502, 'The application broke off before it answered'),
  appUnreachable: problem('app-unreachable', 503, 'The application does not take connections', 1),
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
