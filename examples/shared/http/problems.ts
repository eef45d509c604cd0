import { type Problem, PROBLEMS } from 'plinth-runtime';
import type { FieldFault } from '../api/schema';

const condition = (code: string, status: number, title: string, retryAfterSeconds?: number): Problem => ({
  code,
  status,
  title,
  retryAfterSeconds,
});

/** The conditions that services answer with a problem. */
export const CONDITIONS = {
  malformed: condition('malformed-request', 400, 'The request is malformed'),
  noSession: condition('no-session', 401, 'There is no session'),
  notFound: condition('not-found', 404, 'There is nothing here'),
  methodRefused: PROBLEMS.methodRefused,
  bodyTooLarge: PROBLEMS.bodyTooLarge,
  mediaType: condition('unsupported-media-type', 415, 'The body must be JSON'),
  invalidFields: condition('invalid-fields', 422, 'Some fields are not as the route takes them'),
  internal: condition('internal', 500, 'The service failed'),
  starting: condition('starting', 503, 'The service is starting', 5),
  unavailable: condition('temporarily-unavailable', 503, 'The answer is temporarily unavailable', 30),
  overloaded: condition('overloaded', 503, 'The service is busy; send the request again', 1),
  deadline: PROBLEMS.deadline,
} as const;

/** Ends a request with a problem. */
export class RequestProblem extends Error {
  constructor(
    readonly problem: Problem,
    readonly detail?: string,
    readonly more: { readonly errors?: readonly FieldFault[]; readonly headers?: { readonly [name: string]: string } } = {},
  ) {
    super(problem.title);
  }
}

/** Every bad field, named with what was given and what is allowed. */
export function invalidFields(errors: readonly FieldFault[]): RequestProblem {
  const detail = errors.map(({ field, allowed, given }) => `${field || 'the body'} must be ${allowed}, got ${given}`).join('; ');
  return new RequestProblem(CONDITIONS.invalidFields, detail, { errors });
}
