import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pglite } from '../../support/pglite';

const MIGRATIONS = join(__dirname, '../../../examples/recommendation-api/migrations');

/** A PostgreSQL with pgvector, as the bootstrap leaves it: the schema, and the tables of the migrations. */
export async function startDatabase(): Promise<Pglite> {
  const database = await Pglite.start();
  await database.query('CREATE EXTENSION vector');
  await database.query('CREATE SCHEMA app');
  for (const statement of statements()) await database.query(statement);
  return database;
}

export const MIGRATION = join(MIGRATIONS, '0001-categories.expand.sql');

export function statements(): string[] {
  return readFileSync(MIGRATION, 'utf8')
    .split(';\n')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** How the service reaches it. */
export function databaseEnvironment({ host, port }: Pglite): NodeJS.ProcessEnv {
  return {
    DATABASE_HOST: host,
    DATABASE_PORT: String(port),
    DATABASE_NAME: 'postgres',
    DATABASE_USER: 'postgres',
    DATABASE_POOL_MAX: '2',
    DATABASE_AUTH: 'password',
    DATABASE_TLS: 'disable',
  };
}
