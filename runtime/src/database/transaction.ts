import type { Queryable, QueryOptions } from './endpoint';
import { CommitUnknownError, DatabaseUnavailableError, QueryAbortedError, StatementError } from './errors';
import type { Lease } from './pool';
import type { Answer, Statement } from './statement';

interface Steps<T> {
  readonly work: (client: Queryable) => Promise<T>;
  readonly query: <Row extends object>(statement: Statement) => Promise<Answer<Row>>;
}

/** What follows BEGIN. */
export async function runTransaction<T>(lease: Lease, { work, query }: Steps<T>): Promise<T> {
  let open = true;
  let busy = false;
  const client: Queryable = {
    async query<Row extends object>(text: string, values?: readonly unknown[], options?: QueryOptions) {
      if (!open)
        throw new StatementError('database: a transaction is over when its work is; await every statement in it', { sqlState: '25000' });
      try {
        const { rows } = await query<Row>({ text, values, ...options });
        return rows;
      } catch (error) {
        // Its connection still runs what was given up.
        busy ||= error instanceof QueryAbortedError;
        throw error;
      }
    },
  };
  try {
    const result = await work(client);
    open = false;
    if (!busy) {
      await commit(query);
      return result;
    }
  } catch (error) {
    open = false;
    if (!busy && !(error instanceof CommitUnknownError)) await query({ text: 'ROLLBACK' }).catch(() => lease.discard());
    throw error;
  } finally {
    if (!busy) lease.release();
  }
  throw new QueryAbortedError('database: a statement of the transaction was aborted, so nothing of it was committed; let the error pass');
}

async function commit(query: Steps<unknown>['query']): Promise<void> {
  const { command } = await query({ text: 'COMMIT' }).catch((error: unknown) => {
    if (!(error instanceof DatabaseUnavailableError)) throw error;
    throw new CommitUnknownError(
      'database: the connection must last to the end of the transaction, got lost while it was committed; read what it wrote to know whether it took effect',
    );
  });
  // PostgreSQL takes the COMMIT of a failed transaction for a ROLLBACK, and does not complain.
  if (command === 'COMMIT') return;
  throw new StatementError('database: a statement of the transaction failed, so nothing of it can be committed; let its error pass', {
    sqlState: '25P02',
  });
}
