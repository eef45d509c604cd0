import { DatabaseError } from 'pg';
import type { Login } from '../shared/database-login';

/** One connection, and with it one session of the server. */
export interface Session {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export type Connect = (login: Login) => Promise<Session>;

export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** What was done, as a line of the log. */
export type Log = (line: { readonly event: string; readonly [name: string]: unknown }) => void;

/** Everything or nothing. */
export async function transaction<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query('BEGIN');
  try {
    const result = await work();
    await session.query('COMMIT');
    return result;
  } catch (error) {
    // The fault that counts is the first; a lost connection has rolled back by itself.
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Runs statements of our own, which hold no values; one that is refused is named. */
export async function runAll(session: Session, statements: readonly string[]): Promise<void> {
  for (const statement of statements) {
    try {
      await session.query(statement);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const { code, message } = error;
      throw new Error(`the administrator must be able to ${statement}, got SQLSTATE ${code}: ${message}; correct what it names`, {
        cause: error,
      });
    }
  }
}
