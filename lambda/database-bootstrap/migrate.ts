import { createHash } from 'node:crypto';
import { DatabaseError } from 'pg';
import type { Migration } from '../../lib/data/database/migrations/migration';
import { concurrentIndex, runsAlone } from '../../lib/data/database/migrations/sql-rules';
import type { SqlStatement } from '../../lib/data/database/migrations/sql-statements';
import { buildIndex } from './concurrent-index';
import { Ledger } from './ledger';
import { MigrationFailure } from './migration-failure';
import { SCHEMA } from './privileges';
import { OWNER } from './roles';
import { type Clock, identifier, type Session, transaction } from './session';

export interface Migrating {
  readonly session: Session;
  readonly clock: Clock;
  /** When statements are to be cut off, in milliseconds of the clock; none for those that may take what they take. */
  readonly deadline?: number;
  /**
   * How long to wait for a table, and between two tries: whoever waits holds up everybody who comes after.
   * @default 5000
   */
  readonly lockMs?: number;
  /** Told how many statements are done, of those that are each whole by itself. */
  readonly progress?: (statements: number) => void;
}

const LOCK_NOT_AVAILABLE = '55P03';
const LOCK_MS = 5_000;
const LOCK_TRIES = 5;

/** Applies one migration, as the owner of the schema. */
export async function migrate(migration: Migration, migrating: Migrating): Promise<void> {
  if (migration.transactional) await inOneTransaction(migration, migrating);
  else await statementByStatement(migration, migrating);
  // What one has set is not the next one's.
  await migrating.session.query('RESET ALL');
}

async function inOneTransaction(migration: Migration, { session, clock, deadline, lockMs = LOCK_MS }: Migrating): Promise<void> {
  const ledger = new Ledger(session);
  for (let tries = 1; ; tries++) {
    try {
      await transaction(session, async () => {
        await session.query(`SET LOCAL lock_timeout = ${lockMs}`);
        await beOwner(session, 'SET LOCAL');
        for (const statement of migration.statements) {
          await session.query(`SET LOCAL statement_timeout = ${remaining(clock, deadline)}`);
          await attempt(migration, statement, session);
        }
        await session.query('RESET ROLE');
        await ledger.note(migration);
        await ledger.apply(migration);
      });
      return;
    } catch (error) {
      if (sqlState(error) !== LOCK_NOT_AVAILABLE || tries === LOCK_TRIES) throw error;
      await clock.sleep(lockMs);
    }
  }
}

/** Each statement is whole by itself; one that was done before is not done again. */
async function statementByStatement(migration: Migration, { session, clock, deadline, progress }: Migrating): Promise<void> {
  const ledger = new Ledger(session);
  await ledger.note(migration);
  const entry = (await ledger.entries()).find(({ version }) => version === migration.version);
  const { statements: done = [], started = 0 } = entry ?? {};
  checkDone(migration, done);
  for (const [index, statement] of migration.statements.entries()) {
    if (index < done.length) continue;
    const work = async () => {
      await attempt(migration, statement, session, started === index + 1);
    };
    if (runsAlone(statement)) {
      await ledger.start(migration, index + 1);
      await session.query(`SET statement_timeout = ${remaining(clock, deadline)}`);
      await beOwner(session, 'SET');
      try {
        await work();
      } finally {
        await reset(session);
      }
      await ledger.done(migration, checksum(statement));
    } else {
      await transaction(session, async () => {
        await session.query(`SET LOCAL statement_timeout = ${remaining(clock, deadline)}`);
        await beOwner(session, 'SET LOCAL');
        await work();
        await session.query('RESET ROLE');
        await ledger.done(migration, checksum(statement));
      });
    }
    progress?.(index + 1);
  }
  await ledger.apply(migration);
}

async function attempt(migration: Migration, statement: SqlStatement, session: Session, startedBefore = false): Promise<void> {
  try {
    const index = concurrentIndex(statement);
    if (index) await buildIndex(session, { index, statement: statement.text, startedBefore });
    else await session.query(statement.text);
  } catch (error) {
    throw new MigrationFailure(migration, statement, error);
  }
}

function checkDone({ file, statements }: Migration, done: readonly string[]): void {
  const other = done.findIndex((before, index) => !statements[index] || checksum(statements[index]) !== before);
  if (other < 0) return;
  throw new Error(`${file}: statement ${other + 1} must be as it was applied, got another; restore it, and change what comes after`);
}

async function beOwner(session: Session, set: 'SET' | 'SET LOCAL'): Promise<void> {
  await session.query(`${set} search_path = ${SCHEMA}, public`);
  await session.query(`${set} ROLE ${identifier(OWNER)}`);
}

/** The fault that counts is the statement's. */
async function reset(session: Session): Promise<void> {
  await session.query('RESET ROLE').catch(() => undefined);
  await session.query('RESET ALL').catch(() => undefined);
}

/** Zero means no limit to the server. */
function remaining(clock: Clock, deadline: number | undefined): number {
  return deadline === undefined ? 0 : Math.max(1, Math.floor(deadline - clock.now()));
}

function checksum({ text }: SqlStatement): string {
  return createHash('sha256').update(text).digest('hex');
}

function sqlState(error: unknown): string | undefined {
  const cause = error instanceof MigrationFailure ? error.cause : error;
  return cause instanceof DatabaseError ? cause.code : undefined;
}
