import { type Problem, PROBLEM_CONTENT_TYPE, problemBody } from 'plinth-runtime';
import type { RequestProblem } from './problems';
import type { Answer } from './answer';

/** A problem as the answer to a request. */
export function problemAnswer({ problem, detail, more }: RequestProblem, requestId: string): Answer {
  return {
    status: problem.status,
    body: problemBody(problem, requestId, detail, more.errors && { errors: more.errors }),
    headers: { 'Content-Type': PROBLEM_CONTENT_TYPE, ...retryAfter(problem), ...more.headers },
  };
}

function retryAfter({ retryAfterSeconds }: Problem): { readonly [name: string]: string } {
  return retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
}
