import { Database, type DatabaseConfig, type DatabaseDependencies } from 'plinth-runtime/database';
import { describeWithPostgres, Postgres } from '../../support/postgres';

describeWithPostgres('the pool', () => {
  let server: Postgres;
  let database: Database;

  beforeAll(async () => {
    server = await Postgres.start();
    await server.administer(`CREATE ROLE application LOGIN PASSWORD 'secret'`);
  }, 30_000);
  afterAll(() => server?.stop());
  afterEach(() => database?.close());

  function open(change: Partial<DatabaseConfig> = {}, dependencies: DatabaseDependencies = {}): Database {
    database = Database.open(
      {
        host: '127.0.0.1',
        port: server.port,
        database: 'postgres',
        user: 'application',
        auth: { method: 'password', password: 'secret' },
        tls: 'verify-full',
        pool: { min: 10, max: 50 },
        connectTimeoutMs: 30_000,
        statementTimeoutMs: 5_000,
        ...change,
        ...(change.host ? {} : { host: 'localhost' }),
      },
      { ca: server.ca, ...dependencies },
    );
    return database;
  }

  it('REC-2.11 answers 500 concurrent queries through 50 connections and loses none', async () => {
    const { read } = open();
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, n) => read.query<{ n: number }>('SELECT $1::int AS n, pg_sleep(0.005)', [n])),
    );
    expect(answers.map(([{ n }]) => n)).toEqual(Array.from({ length: 500 }, (_, n) => n));
    expect(database.metrics()).toMatchObject({ active: 0, idle: 50, waiting: 0, total: 50, connectionFailures: 0 });
  });

  it('commits what the work did, and rolls back when it throws', async () => {
    await server.administer('CREATE TABLE IF NOT EXISTS things (n int); GRANT ALL ON things TO application');
    const { transaction, read } = { transaction: open().transaction.bind(database), read: database.read };
    await transaction((client) => client.query('INSERT INTO things VALUES (1)'));
    await expect(
      transaction(async (client) => {
        await client.query('INSERT INTO things VALUES (2)');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await read.query('SELECT n FROM things')).toEqual([{ n: 1 }]);
  });
});
