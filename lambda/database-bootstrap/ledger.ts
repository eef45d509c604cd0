import type { Migration } from '../../lib/data/database/migrations/migration';
import { LEDGER_SCHEMA } from './privileges';
import { runAll, type Session } from './session';

/** What is known of a migration that was begun, or is to be begun by a task. */
export interface Entry {
  readonly version: string;
  readonly name: string;
  readonly kind: string;
  readonly checksum: string;
  /** Checksums of the statements that are done, of one that runs in no transaction. */
  readonly statements: readonly string[];
  /** The number of the statement that was begun last. */
  readonly started: number;
  readonly applied: boolean;
}

/** A run to its end, by the list it had. */
export interface Deployment {
  readonly id: string;
  readonly versions: readonly string[];
}

const MIGRATIONS = `${LEDGER_SCHEMA}.migrations`;
const DEPLOYMENTS = `${LEDGER_SCHEMA}.deployments`;

/** What was done to the database, in a schema of its own that the application cannot write. */
export class Ledger {
  constructor(private readonly session: Session) {}

  async exists(): Promise<boolean> {
    const [{ found }] = await this.session.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [DEPLOYMENTS]);
    return found;
  }

  async create(): Promise<string[]> {
    if (await this.exists()) return [];
    const statements = [
      `CREATE SCHEMA IF NOT EXISTS ${LEDGER_SCHEMA}`,
      `CREATE TABLE IF NOT EXISTS ${MIGRATIONS} (
        version text PRIMARY KEY, name text NOT NULL, kind text NOT NULL, checksum text NOT NULL,
        statements text[] NOT NULL DEFAULT '{}', started integer NOT NULL DEFAULT 0, applied_at timestamptz)`,
      `CREATE TABLE IF NOT EXISTS ${DEPLOYMENTS} (id text PRIMARY KEY, versions text[] NOT NULL, finished_at timestamptz NOT NULL)`,
    ];
    await runAll(this.session, statements);
    return [`ledger ${LEDGER_SCHEMA}`];
  }

  async entries(): Promise<Entry[]> {
    return this.session.query<Entry>(
      `SELECT version, name, kind, checksum, statements, started, applied_at IS NOT NULL AS applied FROM ${MIGRATIONS} ORDER BY version`,
    );
  }

  /** The last run that finished and was no try of this one. */
  async lastDeployment(id: string): Promise<Deployment | undefined> {
    const [found] = await this.session.query<Deployment>(
      `SELECT id, versions FROM ${DEPLOYMENTS} WHERE id <> $1 ORDER BY finished_at DESC LIMIT 1`,
      [id],
    );
    return found;
  }

  async finish({ id, versions }: Deployment): Promise<void> {
    await this.session.query(
      `INSERT INTO ${DEPLOYMENTS} VALUES ($1, $2, clock_timestamp())
        ON CONFLICT (id) DO UPDATE SET versions = EXCLUDED.versions, finished_at = EXCLUDED.finished_at`,
      [id, versions],
    );
  }

  /** Notes one that is not applied yet; its text may have been corrected since. */
  async note({ version, name, kind, checksum }: Migration): Promise<void> {
    await this.session.query(
      `INSERT INTO ${MIGRATIONS} (version, name, kind, checksum) VALUES ($1, $2, $3, $4)
        ON CONFLICT (version) DO UPDATE SET name = EXCLUDED.name, checksum = EXCLUDED.checksum WHERE migrations.applied_at IS NULL`,
      [version, name, kind, checksum],
    );
  }

  async start({ version }: Migration, statement: number): Promise<void> {
    await this.session.query(`UPDATE ${MIGRATIONS} SET started = $2 WHERE version = $1`, [version, statement]);
  }

  async done({ version }: Migration, statement: string): Promise<void> {
    await this.session.query(`UPDATE ${MIGRATIONS} SET statements = statements || $2::text WHERE version = $1`, [version, statement]);
  }

  async apply({ version }: Migration): Promise<void> {
    await this.session.query(`UPDATE ${MIGRATIONS} SET applied_at = clock_timestamp() WHERE version = $1`, [version]);
  }
}
