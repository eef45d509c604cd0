import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from 'plinth-runtime/database';
import { describeWithPostgres, Postgres } from '../../support/postgres';
import { createApplication, eventually, failureOf, openDatabase } from './support';

const SLOW = 'SELECT pg_sleep(4)';
const PID = 'SELECT pg_backend_pid() AS pid';

describeWithPostgres('statements', () => {
  let server: Postgres;
  let database: Database;

  beforeAll(async () => {
    server = await Postgres.start();
    await createApplication(server);
  }, 30_000);
  afterAll(() => server?.stop());
  beforeEach(() => {
    database = openDatabase(server, { pool: { min: 1, max: 1 }, statementTimeoutMs: 3_000 });
  });
  afterEach(() => database.close());

  const active = async () =>
    (await server.administer(`SELECT FROM pg_stat_activity WHERE usename = 'application' AND state = 'active'`)).length;
  const pid = async () => (await database.write.query<{ pid: number }>(PID))[0].pid;

  it('that are aborted are cancelled on the server, over TLS', async () => {
    const abort = new AbortController();
    const failed = failureOf(database.write.query(SLOW, [], { signal: abort.signal }));
    await eventually(async () => (await active()) === 1);
    abort.abort();
    expect(await failed).toMatchObject({
      code: 'query-aborted',
      message: 'database: aborted; the server was asked to give the statement up',
      cause: expect.objectContaining({ name: 'AbortError' }),
    });
    await eventually(async () => (await active()) === 0);
    expect(await server.logged()).toContainEqual(expect.stringContaining('canceling statement due to user request'));
  });

  it('that are aborted leave no connection that could be cancelled later', async () => {
    const before = await pid();
    const abort = new AbortController();
    const failed = failureOf(database.write.query(SLOW, [], { signal: abort.signal }));
    await eventually(async () => (await active()) === 1);
    abort.abort();
    expect(await failed).toMatchObject({ code: 'query-aborted' });
    expect(await pid()).not.toBe(before);
  });

  it('are not sent when the signal has aborted', async () => {
    await expect(database.write.query('INSERT INTO things VALUES (1)', [], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'query-aborted',
    });
    expect(await database.write.query('SELECT n FROM things')).toEqual([]);
  });

  it('end at the statement timeout, and leave the connection usable', async () => {
    await database.close();
    database = openDatabase(server, { pool: { min: 1, max: 1 }, statementTimeoutMs: 150 });
    const before = await pid();
    await expect(database.write.query(SLOW)).rejects.toMatchObject({
      code: 'statement-timeout',
      message: expect.stringMatching(
        /^database: a statement must end within 150 ms, got cancelled by the server after \d+ ms; ask for less/,
      ),
    });
    expect(await pid()).toBe(before);
  });

  it('that break a rule say which, and never a value', async () => {
    await database.write.query('INSERT INTO things VALUES (7)');
    await expect(database.write.query('INSERT INTO things VALUES ($1)', [7])).rejects.toMatchObject({
      code: 'statement-failed',
      sqlState: '23505',
      table: 'things',
      constraint: 'things_pkey',
      message: 'database: the server must accept the statement, got SQLSTATE 23505, table things, constraint things_pkey',
    });
    await database.write.query('DELETE FROM things');
  });

  it.each([
    ['SELECT $1::int', ['top secret'], 'database: the server must accept the statement, got SQLSTATE 22P02'],
    ['SELEC 1', [], 'database: the server must accept the statement, got SQLSTATE 42601, syntax error at or near "SELEC"'],
  ])('%s fails without its values', async (text, values, message) => {
    await expect(database.write.query(text, values)).rejects.toMatchObject({ code: 'statement-failed', message });
  });

  it('are never sent with a value the driver cannot write', async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    await expect(database.write.query('SELECT $1::jsonb', [circular])).rejects.toMatchObject({
      code: 'statement-failed',
      message: 'database: the statement must be one the driver can send, got a value it cannot; check the values',
    });
    await database.ping();
  });

  it('that open a transaction of their own do not leave it to the next', async () => {
    await database.write.query('BEGIN');
    expect(await database.write.query(`SELECT now() = statement_timestamp() AS alone`)).toEqual([{ alone: true }]);
  });

  it('give up on a server that falls silent', async () => {
    const before = await pid();
    await database.close();
    database = openDatabase(
      server,
      { pool: { min: 1, max: 1 }, statementTimeoutMs: 100 },
      { clock: { now: Date.now, sleep: (ms, signal) => sleep(ms / 50, undefined, { signal }) } },
    );
    await database.write.query('SET statement_timeout = 0');
    await expect(database.write.query(SLOW)).rejects.toMatchObject({
      code: 'database-unavailable',
      sent: true,
      message: 'database: the server must answer within 5100 ms, got silence; the statement may have taken effect',
    });
    expect(await pid()).not.toBe(before);
  });
});
