import { CacheError } from 'plinth-runtime/cache';
import { DatabaseError, StatementError } from 'plinth-runtime/database';
import { isOutage as isProviderOutage } from 'plinth-runtime/provider';
import { BulkheadFullError, DeadlineExceededError } from 'plinth-runtime/resilience';
import { CONDITIONS, RequestProblem } from './problems';

const TRY_LATER = 'a service that this answer needs is out, and there is no earlier answer to this request; send it again later';

/** The problem that a failed dependency is to the client; an error that is our own fault comes back as it is. */
export function toProblem(error: unknown): unknown {
  if (error instanceof BulkheadFullError) return new RequestProblem(CONDITIONS.overloaded);
  if (error instanceof DeadlineExceededError) return new RequestProblem(CONDITIONS.deadline);
  if (isOutage(error)) return new RequestProblem(CONDITIONS.unavailable, TRY_LATER);
  return error;
}

function isOutage(error: unknown): boolean {
  // A statement that the server refuses is wrong; all else that goes wrong with a database passes.
  if (error instanceof StatementError) return false;
  return error instanceof DatabaseError || error instanceof CacheError || isProviderOutage(error);
}
