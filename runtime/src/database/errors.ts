/** What a caller can handle; `code` is for machines and stays the same. No message holds a value of a statement. */
export abstract class DatabaseError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Every fault of the environment, at once. */
export class DatabaseConfigError extends DatabaseError {
  readonly code = 'database-config';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/** No connection came free in time: the pool is too small for the load, or statements are too slow. */
export class PoolExhaustedError extends DatabaseError {
  readonly code = 'pool-exhausted';
}

/** The server cannot be reached, or the connection was lost. */
export class DatabaseUnavailableError extends DatabaseError {
  readonly code = 'database-unavailable';

  constructor(
    message: string,
    /** Whether the statement was sent, so that it may have taken effect. */
    readonly sent: boolean,
  ) {
    super(message);
  }
}

/** The connection was lost while a transaction was being committed: whether it took effect is not known. */
export class CommitUnknownError extends DatabaseError {
  readonly code = 'commit-unknown';
}

/** The server refused the login. */
export class LoginRefusedError extends DatabaseError {
  readonly code = 'login-refused';
}

/** No IAM token could be made. */
export class DatabaseTokenError extends DatabaseError {
  readonly code = 'token-failed';
}

/** A statement ran longer than it may. */
export class StatementTimeoutError extends DatabaseError {
  readonly code = 'statement-timeout';
}

/** The caller's signal aborted; `cause` is its reason. */
export class QueryAbortedError extends DatabaseError {
  readonly code = 'query-aborted';
}

/** The database was closed by this process. */
export class DatabaseClosedError extends DatabaseError {
  readonly code = 'database-closed';
}

export interface StatementFault {
  /** As in appendix A of PostgreSQL's manual: 23505 is a value that is there already. */
  readonly sqlState: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

/** The server refused the statement. */
export class StatementError extends DatabaseError implements StatementFault {
  readonly code = 'statement-failed';
  readonly sqlState: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;

  constructor(message: string, { sqlState, table, column, constraint }: StatementFault) {
    super(message);
    Object.assign(this, { table, column, constraint });
    this.sqlState = sqlState;
  }
}
