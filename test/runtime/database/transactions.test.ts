import type { Database, Queryable } from 'plinth-runtime/database';
import { describeWithPostgres, Postgres } from '../../support/postgres';
import { createApplication, eventually, failureOf, openDatabase } from './support';

const insert = (n: number) => (client: Queryable) => client.query('INSERT INTO things VALUES ($1)', [n]);

describeWithPostgres('a transaction', () => {
  let server: Postgres;
  let database: Database;

  beforeAll(async () => {
    server = await Postgres.start();
    await createApplication(server);
    // Breaks the connection in the middle of COMMIT.
    await server.administer(`CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN IF NEW.n = 666 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL; END'`);
    await server.administer(
      'CREATE CONSTRAINT TRIGGER break AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION break()',
    );
  }, 30_000);
  afterAll(() => server?.stop());
  beforeEach(async () => {
    await server.administer('TRUNCATE things');
    database = openDatabase(server, { pool: { min: 1, max: 1 } });
  });
  afterEach(() => database.close());

  const things = async () => (await database.read.query<{ n: number }>('SELECT n FROM things ORDER BY n')).map(({ n }) => n);

  it('commits what its work did, and returns what it returned', async () => {
    expect(await database.transaction((client) => client.query('INSERT INTO things VALUES (1) RETURNING n'))).toEqual([{ n: 1 }]);
    expect(await things()).toEqual([1]);
  });

  it('undoes everything when its work throws, and passes the error on', async () => {
    const work = async (client: Queryable) => {
      await insert(1)(client);
      throw new Error('not today');
    };
    await expect(database.transaction(work)).rejects.toThrow('not today');
    expect(await things()).toEqual([]);
  });

  it('does not take a failed statement for success because its error was caught', async () => {
    const work = async (client: Queryable) => {
      await insert(1)(client);
      await insert(1)(client).catch(() => {});
    };
    await expect(database.transaction(work)).rejects.toMatchObject({
      code: 'statement-failed',
      sqlState: '25P02',
      message: 'database: a statement of the transaction failed, so nothing of it can be committed; let its error pass',
    });
    expect(await things()).toEqual([]);
  });

  it('says that it cannot know when the connection breaks in COMMIT', async () => {
    await expect(database.transaction(insert(666))).rejects.toMatchObject({
      code: 'commit-unknown',
      message: expect.stringContaining('read what it wrote to know whether it took effect'),
    });
    expect(await things()).toEqual([]);
  });

  it('is over when its work is', async () => {
    let kept: Queryable | undefined;
    await database.transaction((client) => {
      kept = client;
      return Promise.resolve();
    });
    await expect(kept!.query('SELECT 1')).rejects.toMatchObject({
      code: 'statement-failed',
      message: 'database: a transaction is over when its work is; await every statement in it',
    });
  });

  it('is undone when one of its statements is aborted, though its work goes on', async () => {
    const abort = new AbortController();
    const running = database.transaction(async (client) => {
      await insert(1)(client);
      await client.query('SELECT pg_sleep(4)', [], { signal: abort.signal }).catch(() => {});
    });
    const failed = failureOf(running);
    await eventually(async () => (await server.administer(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length === 1);
    abort.abort();
    expect(await failed).toMatchObject({
      code: 'query-aborted',
      message: expect.stringContaining('nothing of it was committed'),
    });
    expect(await things()).toEqual([]);
  });

  it('begins on another connection when an idle one turns out dead', async () => {
    await database.ping();
    const dead = server.administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'application'`);
    // At the same time, so that the pool does not know yet.
    await Promise.all([dead, database.transaction(insert(1))]);
    expect(await things()).toEqual([1]);
  });
});
