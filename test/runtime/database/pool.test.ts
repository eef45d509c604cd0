import type { Database } from 'plinth-runtime/database';
import { Registry } from 'prom-client';
import { describeWithPostgres, Postgres } from '../../support/postgres';
import { createApplication, eventually, failureOf, openDatabase } from './support';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const backends = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'application'`;

describeWithPostgres('a pool of connections to a PostgreSQL', () => {
  let server: Postgres;
  let database: Database;

  beforeAll(async () => {
    server = await Postgres.start();
    await createApplication(server);
  }, 30_000);
  afterAll(() => server?.stop());
  afterEach(() => database?.close());

  it('REC-2.11 answers 500 concurrent queries through 50 connections and loses none', async () => {
    database = openDatabase(server);
    const answers = await Promise.all(
      numbers(500).map((n) => database.read.query<{ n: number }>('SELECT $1::int AS n, pg_sleep(0.005)', [n])),
    );
    expect(answers.map(([{ n }]) => n)).toEqual(numbers(500));
    expect(database.metrics()).toMatchObject({ active: 0, idle: 50, waiting: 0, total: 50, connectionFailures: 0 });
  });

  it('REC-2.11 holds 10 connections before anybody asks', async () => {
    database = openDatabase(server);
    await eventually(() => database.metrics().idle === 10);
    expect(await server.administer(backends)).toEqual([{ n: 10 }]);
  });

  it('speaks TLS of 1.2 or later with a server it knows', async () => {
    database = openDatabase(server);
    const [{ version }] = await database.read.query<{ version: string }>('SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    expect(['TLSv1.2', 'TLSv1.3']).toContain(version);
  });

  it.each([
    ['another signed', { ca: undefined }, {}, 'self-signed certificate'],
    ['another name', {}, { host: '127.0.0.1' }, `IP: 127.0.0.1 is not in the cert's list`],
  ])('refuses a certificate of %s, at once', async (_, dependencies, config, words) => {
    database = openDatabase(server, config, dependencies);
    await expect(database.ping()).rejects.toMatchObject({ code: 'login-refused', message: expect.stringContaining(words) });
  });

  it('says at once that the login was refused, and counts it', async () => {
    database = openDatabase(server, { auth: { method: 'password', password: 'wrong' } });
    await expect(database.ping()).rejects.toMatchObject({
      code: 'login-refused',
      message: `database: localhost:${server.port} must accept the login, got SQLSTATE 28P01; check that the role exists, may log in, and has rds_iam where tokens are used`,
    });
    expect(database.metrics().connectionFailures).toBeGreaterThan(0);
  });

  it('finishes at close what is in flight and what waits, and refuses what comes later', async () => {
    database = openDatabase(server, { pool: { min: 2, max: 2 } });
    const running = numbers(10).map((n) => database.write.query<{ n: number }>('SELECT $1::int AS n, pg_sleep(0.02)', [n]));
    const closing = database.close();
    await expect(database.write.query('SELECT 1')).rejects.toMatchObject({
      code: 'database-closed',
      message: 'database: must be open, got a statement after close; ask another task',
    });
    expect((await Promise.all(running)).map(([{ n }]) => n)).toEqual(numbers(10));
    await closing;
    await eventually(async () => (await server.administer<{ n: number }>(backends))[0].n === 0);
  });

  it('cuts at close what takes longer than the drain', async () => {
    database = openDatabase(server, {}, { drainMs: 50 });
    const running = database.write.query('SELECT pg_sleep(4)');
    const failed = failureOf(running);
    await eventually(() => database.metrics().active === 1);
    await database.close();
    expect(await failed).toMatchObject({ code: 'database-unavailable', sent: true });
  });

  it('tells Prometheus of connections, waits, times and failures', async () => {
    const registry = new Registry();
    database = openDatabase(server, { pool: { min: 1, max: 1 } }, { registry });
    await database.ping();
    await expect(database.write.query('SELECT 1/0')).rejects.toThrow('SQLSTATE 22012');
    const text = await registry.metrics();
    for (const line of [
      'database_connections{server="primary",state="idle"} 1',
      'database_connections_max{server="primary"} 1',
      'database_waiting{server="primary"} 0',
      'database_acquire_duration_seconds_count{server="primary"} 2',
      'database_query_duration_seconds_count{server="primary",outcome="ok"} 1',
      'database_query_duration_seconds_count{server="primary",outcome="statement-failed"} 1',
    ]) {
      expect(text).toContain(line);
    }
  });
});
