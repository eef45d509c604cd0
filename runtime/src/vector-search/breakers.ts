import type { Registry } from 'prom-client';
import { DatabaseClosedError, QueryAbortedError, type Queryable, StatementError } from '../database';
import { Breaker, isCancellation, type Clock, systemClock, type Verdict, watchBreaker } from '../resilience';
import type { VectorDatabase } from './types';

export interface VectorBreakerOptions {
  /** @default the system's */
  readonly clock?: Clock;
  /** Where the state of the three is shown. @default nowhere */
  readonly registry?: Registry;
}

/** Class 53 of PostgreSQL's errors: memory, disk, or connections that the server has no more of. */
const EXHAUSTED = '53';
/** Class 54: an index that has reached a limit of the server's. */
const LIMIT_EXCEEDED = '54';

/**
 * Leaves a vector database alone for 60 s after five failures within 60 s: searches that time out or find no server, writes that fail, and
 * everything when the server has no memory or disk left for the index. Each has a breaker of its own, so that failing writes stop no search.
 *
 * @example
 * const search = new VectorSearch({ database: withBreakers(database, { registry }), table: 'categories' });
 */
export function withBreakers(database: VectorDatabase, { clock = systemClock, registry }: VectorBreakerOptions = {}): VectorDatabase {
  const breakerOf = (name: string, judge: (error: unknown) => Verdict) => {
    const breaker = new Breaker({ name, clock, judge });
    if (registry) watchBreaker(breaker, registry);
    return breaker;
  };
  const memory = breakerOf('vector-index-memory', judgeMemory);
  const searches = breakerOf('vector-search', judgeStatement);
  const writes = breakerOf('vector-write', judgeStatement);
  const guarded = (breaker: Breaker, queryable: Queryable): Queryable => ({
    query: (text, values, options) => memory.run(() => breaker.run(() => queryable.query(text, values, options))),
  });
  return {
    read: guarded(searches, database.read),
    write: guarded(writes, database.write),
    transaction: (work) => memory.run(() => writes.run(() => database.transaction(work))),
  };
}

function isExhaustion(error: unknown): boolean {
  return error instanceof StatementError && [EXHAUSTED, LIMIT_EXCEEDED].includes(error.sqlState.slice(0, 2));
}

function saysNothing(error: unknown): boolean {
  return error instanceof QueryAbortedError || error instanceof DatabaseClosedError || isCancellation(error);
}

function judgeMemory(error: unknown): Verdict {
  if (isExhaustion(error)) return 'failure';
  return error instanceof StatementError ? 'alive' : 'nothing';
}

/** A server that refuses a statement for what it says is well. */
function judgeStatement(error: unknown): Verdict {
  if (isExhaustion(error) || saysNothing(error)) return 'nothing';
  return error instanceof StatementError ? 'alive' : 'failure';
}
