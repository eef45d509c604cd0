import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite' with { 'resolution-mode': 'import' };
import type { Engine } from './backend';
import type { DatabaseSettings } from './main';
import type { Catalog, RoleFound } from './server';

/** An open database. */
export interface OpenPostgres extends Engine, Catalog {
  close(): Promise<void>;
}

/** Opens the database of a folder, which is made when it is not there: with the administrator, and the role that RDS makes for IAM. */
export async function openPostgres({ data, database, administrator }: DatabaseSettings): Promise<OpenPostgres> {
  if (!existsSync(join(data, 'PG_VERSION'))) await makeDatabase(data, database);
  const db = await open(data, database);
  for (const statement of [
    'CREATE ROLE rds_iam NOLOGIN',
    // On RDS no superuser, but one who may make this extension, which this engine lets nobody else do.
    `CREATE ROLE "${administrator}" LOGIN SUPERUSER`,
    `ALTER DATABASE "${database}" OWNER TO "${administrator}"`,
  ]) {
    await db.exec(statement).catch(alreadyThere);
  }
  const { rows } = await db.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
  return {
    database,
    version: rows[0].version,
    send: (message, onRawData) => db.execProtocolRawStream(message, { onRawData }),
    role: (name) => roleOf(db, name),
    close: () => db.close(),
  };
}

/** A new cluster, copied from one that was kept ready when there is one: that takes a second less. */
async function makeDatabase(data: string, database: string): Promise<void> {
  mkdirSync(data, { recursive: true });
  const kept = join(cacheFolder(), database);
  if (existsSync(kept)) {
    cpSync(kept, data, { recursive: true });
    return;
  }
  const db = await open(data);
  await db.exec(`CREATE DATABASE "${database}"`);
  await db.close();
  keep(data, kept);
}

/** Beside the packages, by their version: a new installation begins anew. */
function cacheFolder(): string {
  const entry = require.resolve('@electric-sql/pglite');
  const packages = entry.slice(0, entry.lastIndexOf('node_modules') + 'node_modules'.length);
  const { version }: { version: string } = JSON.parse(readFileSync(join(packages, '@electric-sql', 'pglite', 'package.json'), 'utf8'));
  return join(packages, '.cache', 'plinth-local', `pglite-${version}`);
}

/** Whole or not at all, as others may start at the same time; a folder that cannot be written costs the next start a second. */
function keep(data: string, kept: string): void {
  const half = `${kept}-${randomUUID()}`;
  try {
    mkdirSync(dirname(kept), { recursive: true });
    cpSync(data, half, { recursive: true });
    renameSync(half, kept);
  } catch {
    rmSync(half, { recursive: true, force: true });
  }
}

async function open(dataDir: string, database?: string): Promise<PGlite> {
  const [engine, { vector }] = await Promise.all([import('@electric-sql/pglite'), import('@electric-sql/pglite-pgvector')]);
  return engine.PGlite.create({ dataDir, database, extensions: { vector } });
}

async function roleOf(db: PGlite, name: string): Promise<RoleFound | undefined> {
  const { rows } = await db.query<{ login: boolean; settings: string[] }>(
    `SELECT rolcanlogin AS login, ARRAY(
        SELECT unnest(setconfig) FROM pg_db_role_setting
          WHERE setrole IN (0, role.oid) AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
          ORDER BY setrole, setdatabase) AS settings
      FROM pg_roles role WHERE rolname = $1`,
    [name],
  );
  if (rows.length === 0) return undefined;
  const pairs = rows[0].settings.map(
    (setting) => [setting.slice(0, setting.indexOf('=')), setting.slice(setting.indexOf('=') + 1)] as const,
  );
  return { canLogin: rows[0].login, settings: new Map(pairs) };
}

function alreadyThere(error: unknown): void {
  const { code } = error as { code?: string };
  if (code !== '42710') throw error;
}
