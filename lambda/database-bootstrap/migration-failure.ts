import { DatabaseError } from 'pg';
import type { Migration } from '../../lib/data/database/migrations/migration';
import { shortened, type SqlStatement } from '../../lib/data/database/migrations/sql-statements';

/** Data exceptions: their messages quote the value. */
const DATA_EXCEPTION = '22';

/** Says which statement of which file failed, and how; never a value of it, nor of a row. */
export class MigrationFailure extends Error {
  override readonly name = 'MigrationFailure';

  constructor({ file }: Pick<Migration, 'file'>, statement: SqlStatement, cause: unknown) {
    super(`${file}, line ${lineOf(statement, cause)}: ${reasonOf(cause)}; the statement is: ${shortened(statement)}`, { cause });
  }
}

function lineOf({ text, line }: SqlStatement, cause: unknown): number {
  const position = cause instanceof DatabaseError ? Number(cause.position ?? 1) : 1;
  // The server counts characters, not units of UTF-16.
  return (
    line +
    Array.from(text)
      .slice(0, position - 1)
      .filter((character) => character === '\n').length
  );
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof DatabaseError)) return cause instanceof Error ? cause.message : 'an unknown fault';
  const { code = 'XX000', message } = cause;
  return `SQLSTATE ${code}: ${code.startsWith(DATA_EXCEPTION) ? message.replaceAll(/"(?:[^"]|"")*"/g, '"?"') : message}`;
}
