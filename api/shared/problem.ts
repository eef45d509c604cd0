import { PROBLEM_CONTENT_TYPE } from 'plinth-runtime';
import type { ApiResponse } from './route';

/** One thing that is wrong with a request: where, what was given, what is allowed. */
export interface FieldFault {
  readonly field: string;
  readonly given: string;
  readonly allowed: string;
}

/** A condition a route answers with as problem+json (RFC 9457). */
export interface ApiProblem {
  /** Machine-readable, kebab-case: the last part of the problem's `type`. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly FieldFault[];
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The members of a problem's body. */
export const problemMembers = ({ code, status, title, detail, errors, retryAfterSeconds }: ApiProblem, requestId: string) => ({
  type: `urn:plinth:problem:${code}`,
  title,
  status,
  detail,
  errors,
  retry_after: retryAfterSeconds,
  requestId,
});

export function problemResponse(problem: ApiProblem, requestId: string): ApiResponse {
  const retryAfter: Record<string, string> =
    problem.retryAfterSeconds === undefined ? {} : { 'retry-after': String(problem.retryAfterSeconds) };
  return {
    status: problem.status,
    headers: { 'content-type': PROBLEM_CONTENT_TYPE, 'cache-control': 'no-store', ...retryAfter, ...problem.headers },
    body: JSON.stringify(problemMembers(problem, requestId)),
  };
}

export const invalidRequest = (errors: readonly FieldFault[]): ApiProblem => ({
  code: 'invalid-request',
  status: 400,
  title: 'The request is not valid',
  errors,
});

/** A body where none is read. */
export const noBody = (body: Buffer): FieldFault => ({ field: 'body', given: `${body.length} bytes`, allowed: 'no body' });

const LONGEST_SHOWN = 100;

/** A value as an error shows it: JSON, cut, its type where it says more. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  // JSON has no such number, but may be written so that it is read as one: 1e999.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}... (${text.length} characters)` : text;
}
