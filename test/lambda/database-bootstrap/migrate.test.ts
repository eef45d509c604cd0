import { describeWithPostgres, Postgres } from '../../support/postgres';
import { database, FakeClock, type TestDatabase } from './database';

// Servers of their own start slowly on a machine that does much else.

const first = { '0001-items.expand.sql': 'CREATE TABLE items (id bigserial PRIMARY KEY, title text, old text)' };
const second = { ...first, '0002-note.expand.sql': 'ALTER TABLE items ADD COLUMN note text' };
const contract = { '0003-old.contract.sql': '-- contracts: 0002\nALTER TABLE items DROP COLUMN old' };

describeWithPostgres('migrations', () => {
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

  const next = (text: string) => ({ ...first, '0002-next.expand.sql': text });
  const columns = () =>
    app.query(`SELECT attname::text FROM pg_attribute WHERE attrelid = 'app.items'::regclass AND attnum > 0 AND NOT attisdropped`);

  test('DOC-2.3 a contract comes with an earlier deployment than what it contracts', async () => {
    const both = { ...second, ...contract };
    await expect(app.deploy(both)).rejects.toThrow(
      /^0003-old.contract.sql: 0002 must come with an earlier deployment, got it with this one; deploy without 0003-old.contract.sql first$/,
    );
    expect(await columns()).toHaveLength(3);
    await app.deploy(second);
    expect((await app.deploy(both)).changes).toEqual(['applied 0003-old.contract.sql']);
  });

  test('DOC-2.3 a deployment that was rolled back does not count as an earlier one', async () => {
    await app.deploy(second);
    await app.deploy(first);
    await expect(app.deploy({ ...second, ...contract })).rejects.toThrow('0002 must come with an earlier deployment, got it with this one');
  });

  test('DOC-2.3 another try of the same deployment is none either', async () => {
    await app.deploy(second, { deployment: 'one' });
    await expect(app.deploy({ ...second, ...contract }, { deployment: 'one' })).rejects.toThrow(
      '0002 must come with an earlier deployment',
    );
  });

  test('DOC-2.3 a database that nobody uses gets everything at once', async () => {
    const fresh = await database(server);
    expect((await fresh.deploy({ ...second, ...contract })).changes.filter((line) => line.startsWith('applied'))).toHaveLength(3);
  });

  test('DOC-2.3 the text of an applied migration may not change', async () => {
    await expect(app.deploy({ '0001-items.expand.sql': 'CREATE TABLE things ()' })).rejects.toThrow(
      /^0001-items.expand.sql: text must be as it was applied, got another; restore it, and put the change into a new migration$/,
    );
  });

  test('an applied migration must be in the folder when there is something new', async () => {
    await expect(app.deploy({ '0002-note.expand.sql': 'SELECT 1' })).rejects.toThrow(
      '0001-items.expand.sql: file must be in the folder as the database has it, got none; bring it back',
    );
  });

  test('a new migration comes after those that are applied', async () => {
    await app.deploy({ ...first, '0003-note.expand.sql': 'ALTER TABLE items ADD COLUMN note text' });
    await expect(
      app.deploy({ ...first, '0002-a.expand.sql': 'SELECT 1', '0003-note.expand.sql': 'ALTER TABLE items ADD COLUMN note text' }),
    ).rejects.toThrow('0002-a.expand.sql: version must be after 0003, which is applied, got an earlier one; give it the next number');
  });

  test('DOC-2.3 one that fails is named by file, line, SQLSTATE and statement, and leaves nothing behind', async () => {
    const text = `ALTER TABLE items ADD COLUMN note text;\n\nUPDATE items\n  SET titel = 'secret'`;
    await expect(app.deploy(next(text))).rejects.toThrow(
      /^0002-next.expand.sql, line 4: SQLSTATE 42703: column "titel" of relation "items" does not exist; the statement is: UPDATE ITEMS SET TITEL = \?$/,
    );
    expect(await columns()).toHaveLength(3);
    expect(await app.query('SELECT FROM app_migrations.migrations')).toHaveLength(1);
  });

  test('a failure shows no value of a row', async () => {
    await app.query(`INSERT INTO app.items (title) VALUES ('4711 secret')`);
    const error: Error = await app.deploy(next('ALTER TABLE items ADD COLUMN number int; UPDATE items SET number = title::int')).then(
      () => new Error('it worked'),
      (thrown: Error) => thrown,
    );
    expect(error.message).toBe(
      '0002-next.expand.sql, line 1: SQLSTATE 22P02: invalid input syntax for type integer: "?"; the statement is: UPDATE ITEMS SET NUMBER = TITLE : : INT',
    );
  });

  test('what is made belongs to the owner, and a setting ends with its migration', async () => {
    await app.deploy({ ...next(`SET search_path = public; CREATE TABLE app.others ()`), '0003-a.expand.sql': 'CREATE TABLE third ()' });
    expect(
      await app.query(
        `SELECT relname::text AS name, pg_get_userbyid(relowner)::text AS owner FROM pg_class WHERE relname IN ('others', 'third') AND relnamespace = 'app'::regnamespace ORDER BY 1`,
      ),
    ).toEqual([
      { name: 'others', owner: 'owner' },
      { name: 'third', owner: 'owner' },
    ]);
  });

  test('a statement that is not done in time is cut off, and named', async () => {
    const clock = { now: () => 59_950, sleep: async () => undefined };
    await expect(app.deploy(next('SELECT pg_sleep(30)'), { clock })).rejects.toThrow(
      '0002-next.expand.sql, line 1: SQLSTATE 57014: canceling statement due to statement timeout; the statement is: SELECT PG_SLEEP ( ? )',
    );
  });

  test('one that runs in no transaction is applied, and not again', async () => {
    await app.deploy(next('VACUUM items'));
    expect((await app.deploy(next('VACUUM items'))).changes).toEqual([]);
  });

  test('REC-2.13 an index beside writes may come with an expanding migration', async () => {
    expect((await app.deploy(next('CREATE INDEX CONCURRENTLY items_title ON items (title)'))).changes).toEqual([
      'applied 0002-next.expand.sql',
    ]);
    expect(await app.query(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'app.items_title'::regclass`)).toEqual([
      { indisvalid: true },
    ]);
  });

  test('a table that somebody holds is asked for again, and goes when it is given back', async () => {
    const holder = await app.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE app.items');
    const clock = new FakeClock();
    const deployed = app.deploy(second, {
      clock: {
        now: () => clock.now(),
        sleep: async (ms) => {
          await holder.close();
          await clock.sleep(ms);
        },
      },
      lockMs: 50,
    });
    expect((await deployed).changes).toEqual(['applied 0002-note.expand.sql']);
    expect(clock.sleeps).toEqual([50]);
  });
});
