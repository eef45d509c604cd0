import { describeWithPostgres, Postgres } from '../../support/postgres';
import { database, dying, FakeClock, type TestDatabase } from './database';
import { LOCK } from '../../../lambda/database-bootstrap/lock';

// Servers of their own start slowly on a machine that does much else.

const first = { '0001-items.expand.sql': 'CREATE TABLE items (id bigserial PRIMARY KEY, title text, old text)' };
const index = { ...first, '0002-title.long.sql': 'CREATE INDEX CONCURRENTLY items_title ON items (title);' };
const unique = { ...first, '0002-title.long.sql': 'CREATE UNIQUE INDEX CONCURRENTLY items_title ON items (title)' };
const contract = { '0003-old.contract.sql': '-- contracts: 0002\nALTER TABLE items DROP COLUMN old' };

describeWithPostgres('long migrations', () => {
  let server: Postgres;
  let app: TestDatabase;
  beforeAll(async () => {
    server = await Postgres.start();
  });
  beforeEach(async () => {
    app = await database(server);
    await app.deploy(first);
  });
  afterAll(() => server?.stop());

  const indexes = () =>
    app.query(
      `SELECT relname::text AS name, indisvalid AS valid FROM pg_index JOIN pg_class ON oid = indexrelid
        WHERE indrelid = 'app.items'::regclass AND NOT indisprimary`,
    );
  const valid = [{ name: 'items_title', valid: true }];
  const twice = () => app.query(`INSERT INTO app.items (title) VALUES ('a'), ('a')`);
  const once = () => app.query('DELETE FROM app.items WHERE id = (SELECT max(id) FROM app.items)');
  const killed = (at: Parameters<typeof dying>[2]) => ({ connect: async () => dying(server, await app.connect(), at) });

  test('REC-2.13 are left to the task that the deployment starts', async () => {
    expect((await app.deploy(index)).changes).toEqual(['started 0002-title.long.sql']);
    expect(app.started).toEqual(['0002-title.long.sql']);
    expect(await indexes()).toEqual([]);
    expect(await app.applyLong(index)).toEqual(['0002-title.long.sql']);
    expect(await indexes()).toEqual(valid);
  });

  test('are applied once', async () => {
    await app.deploy(index);
    await app.applyLong(index);
    expect(await app.applyLong(index)).toEqual([]);
    expect(await app.deploy(index)).toEqual({ changes: [], rolledBack: false });
    expect(app.started).toHaveLength(1);
  });

  test('are started again by the next deployment when they are not done', async () => {
    await app.deploy(index);
    await app.deploy(index);
    expect(app.started).toHaveLength(2);
  });

  test('say what they do', async () => {
    await app.deploy(index);
    app.lines.length = 0;
    await app.applyLong(index);
    expect(app.lines).toEqual([
      { event: 'long-migration-began', file: '0002-title.long.sql', statements: 1 },
      { event: 'long-migration-progress', file: '0002-title.long.sql', done: 1 },
      { event: 'long-migration-applied', file: '0002-title.long.sql', seconds: 0 },
      { event: 'long-migrations-finished', applied: 1 },
    ]);
  });

  test('run in the deployment itself where nobody uses the database yet', async () => {
    const fresh = await database(server);
    expect((await fresh.deploy({ ...index, ...contract })).changes.slice(-3)).toEqual([
      'applied 0001-items.expand.sql',
      'applied 0002-title.long.sql',
      'applied 0003-old.contract.sql',
    ]);
    expect(fresh.started).toEqual([]);
  });

  test('REC-2.13 drop an index that a run before left INVALID, and build it anew', async () => {
    await twice();
    await app.deploy(unique);
    await expect(app.applyLong(unique)).rejects.toThrow(
      /^0002-title.long.sql, line 1: SQLSTATE 23505: could not create unique index "items_title"; the statement is: CREATE UNIQUE INDEX CONCURRENTLY ITEMS_TITLE ON ITEMS \( TITLE \)$/,
    );
    expect(await indexes()).toEqual([{ name: 'items_title', valid: false }]);
    await once();
    await app.applyLong(unique);
    expect(await indexes()).toEqual(valid);
  });

  test('keep an index that was finished when the task was killed before it could say so', async () => {
    await app.deploy(index);
    await expect(app.applyLong(index, killed({ after: /^CREATE INDEX/ }))).rejects.toThrow(/terminat|not queryable/);
    const [before] = await app.query<{ oid: number }>(`SELECT 'app.items_title'::regclass::oid AS oid`);
    await app.applyLong(index);
    expect(await app.query(`SELECT 'app.items_title'::regclass::oid AS oid`)).toEqual([before]);
  });

  test('refuse an index that an earlier migration made under the same name', async () => {
    await app.query('CREATE INDEX items_title ON app.items (id)');
    await app.deploy(index);
    await expect(app.applyLong(index)).rejects.toThrow('SQLSTATE 42P07: relation "items_title" already exists');
  });

  test('do no statement twice, and may be corrected from the one that failed on', async () => {
    const backfill = (second: string) => ({ ...first, '0002-fill.long.sql': `INSERT INTO items (title) VALUES ('a');\n${second}` });
    await app.deploy(backfill('UPDATE items SET titel = old'));
    await expect(app.applyLong(backfill('UPDATE items SET titel = old'))).rejects.toThrow('0002-fill.long.sql, line 2: SQLSTATE 42703');
    await app.deploy(backfill('UPDATE items SET old = title'));
    await app.applyLong(backfill('UPDATE items SET old = title'));
    expect(await app.query('SELECT title, old FROM app.items')).toEqual([{ title: 'a', old: 'a' }]);
  });

  test('are not taken from a text that a later deployment has corrected', async () => {
    await app.deploy(unique);
    await app.deploy(index);
    expect(await app.applyLong(unique)).toEqual([]);
  });

  test('DOC-2.3 hold up a contract that needs them, by name', async () => {
    await app.deploy(index);
    await expect(app.deploy({ ...index, ...contract })).rejects.toThrow(
      /^0003-old.contract.sql: long migration 0002 must be finished, got one that is not; read the log of its task, then deploy again$/,
    );
    await app.applyLong(index);
    expect((await app.deploy({ ...index, ...contract })).changes).toEqual(['applied 0003-old.contract.sql']);
  });

  describe('while one runs', () => {
    const whileLocked = async (work: () => Promise<void>) => {
      const holder = await app.connect();
      await holder.query('SELECT pg_advisory_lock($1)', [LOCK]);
      try {
        await work();
      } finally {
        await holder.close();
      }
    };

    test('DOC-2.3 a rollback succeeds at once', async () => {
      await app.deploy(index);
      await whileLocked(async () => {
        expect(await app.deploy(first)).toEqual({ changes: [], rolledBack: true });
      });
    });

    test('another deployment waits, and names what it waited for', async () => {
      const clock = new FakeClock();
      await whileLocked(async () => {
        await expect(app.deploy(index, { clock, deadline: 10_000 })).rejects.toThrow(
          /^no other run may be at work, got database-bootstrap since \d{4}-\S+Z; deploy again when it has finished$/,
        );
      });
      expect(clock.sleeps).toEqual(Array.from({ length: 9 }, () => 1000));
    });
  });
});
