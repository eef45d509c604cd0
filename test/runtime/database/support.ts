import { Database, type DatabaseConfig, type DatabaseDependencies } from 'plinth-runtime/database';
import type { Postgres } from '../../support/postgres';

const PASSWORD = 'secret';

// For machines that do much besides.

/** As the bootstrap makes it. */
export async function createApplication(server: Postgres): Promise<void> {
  await server.administer(`CREATE ROLE application LOGIN PASSWORD '${PASSWORD}'`);
  await server.administer('CREATE TABLE things (n int PRIMARY KEY CHECK (n < 1000))');
  await server.administer('GRANT ALL ON things TO application');
}

export function openDatabase(server: Postgres, config: Partial<DatabaseConfig> = {}, dependencies: DatabaseDependencies = {}): Database {
  return Database.open(
    {
      host: 'localhost',
      port: server.port,
      database: 'postgres',
      user: 'application',
      auth: { method: 'password', password: PASSWORD },
      tls: 'verify-full',
      pool: { min: 10, max: 50 },
      connectTimeoutMs: 30_000,
      statementTimeoutMs: 5_000,
      ...config,
    },
    { ca: server.ca, ...dependencies },
  );
}

/** Asks again until it is so: what a server does, it does in its own time. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 4_000; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it must become so within 20 s, got not');
}

/** The error that work fails with, watched from now on. */
export function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('it must fail, got an answer');
    },
    (error: unknown) => error,
  );
}
