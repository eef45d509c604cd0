import { DatabaseError, DatabaseUnavailableError, LoginRefusedError, StatementError } from './errors';

const LOST = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']);
/** admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections: a server that is going, coming or full. */
const GOING = new Set(['57P01', '57P02', '57P03', '53300']);
const QUERY_CANCELED = '57014';
const SQL_STATE = /^[0-9A-Z]{5}$/;

interface Raw {
  readonly code?: string;
  readonly message?: string;
  readonly severity?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
}

const raw = (error: unknown): Raw => (typeof error === 'object' && error !== null ? error : {});

/** Whether the connection is gone, or never was. */
export function isConnectionLost(error: unknown): boolean {
  const { code = '', message = '', severity } = raw(error);
  if (LOST.has(code) || GOING.has(code) || (code.startsWith('08') && SQL_STATE.test(code)) || severity === 'FATAL') return true;
  // The driver has no code for these.
  return /^(Connection terminated|timeout expired|Client has encountered a connection error|Client was closed)/.test(message);
}

export const isCanceled = (error: unknown): boolean => raw(error).code === QUERY_CANCELED;

export function isLoginRefused(error: unknown): boolean {
  return ['28P01', '28000'].includes(raw(error).code ?? '');
}

/** Worth trying again a moment later: nobody has to change anything. */
export function isTransient(error: unknown): boolean {
  return error instanceof DatabaseUnavailableError;
}

/** What a failed attempt to connect is to the caller. */
export function connectFault(error: unknown, server: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { code, message = '' } = raw(error);
  if (isLoginRefused(error)) {
    return new LoginRefusedError(
      `database: ${server} must accept the login, got SQLSTATE ${code}; check that the role exists, may log in, and has rds_iam where tokens are used`,
    );
  }
  const transient = LOST.has(code ?? '') || GOING.has(code ?? '') || /^(Connection terminated|timeout expired)/.test(message);
  if (transient)
    return new DatabaseUnavailableError(`database: ${server} must take a connection, got ${code ?? message}; is it up?`, false);
  // Certificates, unknown hosts, unknown databases: the driver's words name no value of a statement, as none was sent.
  return new LoginRefusedError(`database: ${server} must take a connection, got ${code ?? 'a fault'}: ${message}`);
}

/** What a failed statement is to the caller. Class 42 speaks of names and syntax; others may quote values, so that only names are kept. */
export function statementFault(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { code = '', message = '', table, column, constraint } = raw(error);
  if (isConnectionLost(error)) {
    return new DatabaseUnavailableError(
      `database: the connection must last to the end of the statement, got ${code || message}; it may have taken effect`,
      true,
    );
  }
  if (!SQL_STATE.test(code)) {
    // A value the driver cannot send, say.
    return new StatementError('database: the statement must be one the driver can send, got a value it cannot; check the values', {
      sqlState: '',
    });
  }
  const where = Object.entries({ table, column, constraint }).flatMap(([name, value]) => (value ? [`${name} ${value}`] : []));
  const said = code.startsWith('42') ? [message] : [];
  return new StatementError(`database: the server must accept the statement, got SQLSTATE ${[code, ...where, ...said].join(', ')}`, {
    sqlState: code,
    table,
    column,
    constraint,
  });
}
