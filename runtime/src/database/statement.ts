import type { Clock } from '../resilience/clock';
import { type DatabaseError, DatabaseUnavailableError, QueryAbortedError, StatementTimeoutError } from './errors';
import { isCanceled, statementFault } from './faults';
import type { Lease } from './pool';

export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly signal?: AbortSignal;
}

export interface Answer<Row> {
  readonly rows: Row[];
  /** What the server did; for a COMMIT it may be ROLLBACK. */
  readonly command: string;
}

/** How much longer than its own timeout the server may take to say so; after that it is taken for dead. */
const GRACE_MS = 5_000;

/**
 * Runs one statement. When the signal aborts, the caller is told at once, the server is asked to give the statement up, and the connection
 * is cut when it has, or when the grace is over. `spent` tells whether the lease is gone after a failure.
 */
export class StatementRunner {
  constructor(
    private readonly statementTimeoutMs: number,
    private readonly clock: Clock,
  ) {}

  async run<Row extends object>(lease: Lease, { text, values, signal }: Statement): Promise<Answer<Row>> {
    if (signal?.aborted) throw abortedFault(signal);
    const began = this.clock.now();
    const done = new AbortController();
    const { client } = lease.connection;
    const answer = client.query<Row>(text, values === undefined ? undefined : [...values]);
    try {
      return await Promise.race([answer, this.silence(done.signal), abortion(signal, done.signal)]);
    } catch (error) {
      // Whatever became of the answer, somebody has listened.
      answer.catch(() => {});
      if (error instanceof QueryAbortedError) void this.giveUp(lease, answer);
      throw this.fault(error, began);
    } finally {
      done.abort();
    }
  }

  private fault(error: unknown, began: number): DatabaseError {
    const ran = this.clock.now() - began;
    if (!isCanceled(error)) return statementFault(error);
    return new StatementTimeoutError(
      `database: a statement must end within ${this.statementTimeoutMs} ms, got cancelled by the server after ${ran} ms; ask for less at once, or raise the statement timeout`,
    );
  }

  private async silence(done: AbortSignal): Promise<never> {
    const within = this.statementTimeoutMs + GRACE_MS;
    await this.clock.sleep(within, done);
    throw new DatabaseUnavailableError(
      `database: the server must answer within ${within} ms, got silence; the statement may have taken effect`,
      true,
    );
  }

  private async giveUp(lease: Lease, answer: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    const settled = answer.then(
      () => {},
      () => {},
    );
    await Promise.race([Promise.all([lease.connection.cancel(), settled]), this.clock.sleep(GRACE_MS, done.signal).catch(() => {})]);
    done.abort();
    lease.discard();
  }
}

function abortion(signal: AbortSignal | undefined, done: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(abortedFault(signal)), { once: true, signal: done });
  });
}

function abortedFault(signal: AbortSignal): QueryAbortedError {
  return new QueryAbortedError('database: aborted; the server was asked to give the statement up', { cause: signal.reason });
}
