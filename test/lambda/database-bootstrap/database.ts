import { type Migration, migrationsOf } from '../../../lib/data/database/migrations/migration';
import { bootstrap, type Dependencies, type Outcome } from '../../../lambda/database-bootstrap/bootstrap';
import { applyLong } from '../../../lambda/database-bootstrap/long';
import { postgres } from '../../../lambda/database-bootstrap/session-postgres';
import type { Session } from '../../../lambda/database-bootstrap/session';
import type { Login } from '../../../lambda/shared/database-login';
import type { Postgres } from '../../support/postgres';

const ROLES = ['exporter', 'application', 'read_only', 'auditor', 'owner', 'administrator', 'rds_iam'];

/** Files and their texts, as migrations. */
export function migrations(files: { readonly [file: string]: string }): Migration[] {
  return migrationsOf(Object.entries(files).map(([file, text]) => ({ file, text })));
}

/** A clock that stands still but for whoever sleeps. */
export class FakeClock {
  readonly sleeps: number[] = [];
  private time = 0;

  now(): number {
    return this.time;
  }

  async sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    this.time += ms;
    // Lets what is waited for happen.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A database as RDS makes it, for pg_trgm in the place of vector, which Debian's PostgreSQL does not have. */
export async function database(server: Postgres) {
  await server.administer('DROP DATABASE IF EXISTS app WITH (FORCE)');
  await server.administer(
    `DROP ROLE IF EXISTS ${ROLES.join()};
     CREATE ROLE administrator LOGIN CREATEROLE CREATEDB PASSWORD 'hush';
     CREATE ROLE rds_iam NOLOGIN`,
  );
  await server.administer('CREATE DATABASE app OWNER administrator STRATEGY file_copy');
  const login: Login = { host: 'localhost', port: server.port, dbname: 'app', username: 'administrator', password: 'hush' };
  const connect = postgres({ ca: server.ca, tls: 'verify-full' });
  const lines: object[] = [];
  const started: string[] = [];
  const dependencies: Dependencies = {
    login: async () => login,
    connect,
    clock: { now: () => 0, sleep: () => new Promise((resolve) => setImmediate(resolve)) },
    deadline: 60_000,
    extension: { name: 'pg_trgm', minimum: '1.6' },
    log: (line) => lines.push(line),
    startLong: async (left) => {
      started.push(...left.map(({ file }) => file));
    },
  };
  let deployments = 0;
  return {
    login,
    lines,
    started,
    dependencies,
    connect: (as: Partial<Login> = {}): Promise<Session> => connect({ ...login, ...as }),
    /** One deployment, or another try of it. */
    deploy: (
      files: { readonly [file: string]: string } = {},
      { deployment = `deployment ${++deployments}`, ...overrides }: Partial<Dependencies> & { readonly deployment?: string } = {},
    ): Promise<Outcome> => bootstrap({ deployment, migrations: migrations(files) }, { ...dependencies, ...overrides }),
    /** What the task does that a deployment starts. */
    applyLong: (files: { readonly [file: string]: string }, overrides: Partial<Dependencies> = {}): Promise<readonly string[]> =>
      applyLong(migrations(files), { ...dependencies, ...overrides }),
    /** As superuser. */
    query: <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> => server.administer<T>(sql, values, 'app'),
  };
}

export type TestDatabase = Awaited<ReturnType<typeof database>>;

/** A session whose backend dies before, or right after, the first statement that matches. */
export async function dying(
  server: Postgres,
  session: Session,
  at: { readonly before?: RegExp; readonly after?: RegExp },
): Promise<Session> {
  const [{ pid }] = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const die = async () => {
    await server.administer('SELECT pg_terminate_backend($1, 5000)', [pid]);
  };
  return {
    query: async <Row extends object>(text: string, values?: readonly unknown[]) => {
      if (at.before?.test(text)) await die();
      const rows = await session.query<Row>(text, values);
      if (at.after?.test(text)) await die();
      return rows;
    },
    close: () => session.close(),
  };
}
