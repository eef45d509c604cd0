import { SCHEMA } from './privileges';
import { identifier, type Session } from './session';

interface Building {
  readonly index: string;
  readonly statement: string;
  /** Whether a run before began this very statement. */
  readonly startedBefore: boolean;
}

/**
 * Builds an index beside writes. A run that was killed leaves one that is kept up with every write and used for none: it is dropped, as
 * no statement would finish it. One that was finished, and only not noted, is kept.
 */
export async function buildIndex(session: Session, { index, statement, startedBefore }: Building): Promise<void> {
  const [found] = await session.query<{ valid: boolean }>(
    `SELECT indisvalid AND indisready AS valid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
      WHERE relname = $1 AND relnamespace = to_regnamespace($2)`,
    [index, SCHEMA],
  );
  if (found?.valid && startedBefore) return;
  if (found && !found.valid) await session.query(`DROP INDEX CONCURRENTLY IF EXISTS ${SCHEMA}.${identifier(index)}`);
  await session.query(statement);
}
