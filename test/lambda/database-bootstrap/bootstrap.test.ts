import { describeWithPostgres, Postgres } from '../../support/postgres';
import { database, dying, type TestDatabase } from './database';

// Servers of their own start slowly on a machine that does much else.

const first = { '0001-items.expand.sql': 'CREATE TABLE items (id bigserial PRIMARY KEY, title text)' };
const second = { ...first, '0002-note.expand.sql': 'ALTER TABLE items ADD COLUMN note text' };

describeWithPostgres('the bootstrap of a database', () => {
  let server: Postgres;
  let app: TestDatabase;
  beforeAll(async () => {
    server = await Postgres.start();
  });
  beforeEach(async () => {
    app = await database(server);
  });
  afterAll(() => server?.stop());

  const versionOf = async () =>
    (await app.query<{ extversion: string }>(`SELECT extversion FROM pg_extension WHERE extname = 'pg_trgm'`))[0];
  const columns = async () => {
    const rows = await app.query<{ name: string }>(
      `SELECT attname::text AS name FROM pg_attribute WHERE attrelid = 'app.items'::regclass AND attnum > 0 ORDER BY attnum`,
    );
    return rows.map(({ name }) => name);
  };
  const applied = async () => {
    const rows = await app.query<{ version: string }>(
      'SELECT version FROM app_migrations.migrations WHERE applied_at IS NOT NULL ORDER BY 1',
    );
    return rows.map(({ version }) => version);
  };

  test('REC-2.2 makes extension, roles, schema and tables in an empty database', async () => {
    const { changes, rolledBack } = await app.deploy(first);

    expect(rolledBack).toBe(false);
    expect(changes).toEqual([
      'extension pg_trgm none -> 1.6',
      'CREATE ROLE "owner" NOLOGIN',
      'CREATE ROLE "application" LOGIN',
      'GRANT "rds_iam" TO "application"',
      'ALTER ROLE "application" SET search_path = app, public',
      'CREATE ROLE "read_only" NOLOGIN',
      'ALTER ROLE "read_only" SET search_path = app, public',
      'CREATE ROLE "auditor" NOLOGIN',
      'CREATE ROLE "exporter" LOGIN',
      'GRANT "rds_iam" TO "exporter"',
      'GRANT "read_only" TO "exporter"',
      'ALTER ROLE "exporter" SET search_path = app, public',
      'GRANT "owner" TO CURRENT_USER',
      'ledger app_migrations',
      'CREATE SCHEMA app AUTHORIZATION "owner"',
      'GRANT USAGE ON SCHEMA app TO "application"',
      'GRANT USAGE ON SCHEMA app TO "read_only"',
      'GRANT USAGE ON SCHEMA app_migrations TO "auditor"',
      ...['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map(
        (privilege) => `ALTER DEFAULT PRIVILEGES FOR ROLE "owner" IN SCHEMA app GRANT ${privilege} ON TABLES TO "application"`,
      ),
      ...['USAGE', 'SELECT', 'UPDATE'].map(
        (privilege) => `ALTER DEFAULT PRIVILEGES FOR ROLE "owner" IN SCHEMA app GRANT ${privilege} ON SEQUENCES TO "application"`,
      ),
      'ALTER DEFAULT PRIVILEGES FOR ROLE "owner" IN SCHEMA app GRANT SELECT ON TABLES TO "read_only"',
      'GRANT SELECT ON TABLE app_migrations.deployments TO "auditor"',
      'GRANT SELECT ON TABLE app_migrations.migrations TO "auditor"',
      'applied 0001-items.expand.sql',
    ]);
    expect(await columns()).toEqual(['id', 'title']);
  });

  test('REC-2.2 changes nothing the second time', async () => {
    await app.deploy(first);
    expect(await app.deploy(first)).toEqual({ changes: [], rolledBack: false });
  });

  test('REC-2.2 updates an extension that the server has a newer version of', async () => {
    await app.query(`CREATE EXTENSION pg_trgm VERSION '1.3'`);
    await app.query('UPDATE pg_extension SET extowner = (SELECT oid FROM pg_roles WHERE rolname = $1) WHERE extname = $2', [
      'administrator',
      'pg_trgm',
    ]);
    const { changes } = await app.deploy();
    expect(changes[0]).toBe('extension pg_trgm 1.3 -> 1.6');
    expect(await versionOf()).toEqual({ extversion: '1.6' });
  });

  test('REC-2.2 names what it found when the server has no version that is new enough', async () => {
    await expect(app.deploy({}, { extension: { name: 'pg_trgm', minimum: '1.7' } })).rejects.toThrow(
      /^extension pg_trgm must be at least 1.7, got none installed and 1.6 on the server; upgrade the engine$/,
    );
    expect(await versionOf()).toBeUndefined();
  });

  test('REC-2.2 names an extension that the server does not have', async () => {
    await expect(app.deploy({}, { extension: { name: 'vector', minimum: '0.8.0' } })).rejects.toThrow(
      /^extension vector must be at least 0.8.0, got none on the server; use an engine version that has it$/,
    );
  });

  test('lets the application change rows, a reader read them, and an auditor see what was changed', async () => {
    await app.deploy(first);
    const as = (role: string, sql: string) => app.query(`SET ROLE ${role}; ${sql}`);
    await as('application', `INSERT INTO app.items (title) VALUES ('a'); UPDATE app.items SET title = 'b'; DELETE FROM app.items`);
    await as('read_only', 'SELECT FROM app.items');
    await as('exporter', 'SELECT FROM app.items');
    await as('auditor', 'SELECT FROM app_migrations.migrations');
    await expect(as('application', 'DROP TABLE app.items')).rejects.toThrow('must be owner of table items');
    await expect(as('application', 'CREATE TABLE app.mine ()')).rejects.toThrow('permission denied for schema app');
    await expect(as('application', 'DELETE FROM app_migrations.migrations')).rejects.toThrow('permission denied for schema app_migrations');
    await expect(as('read_only', 'DELETE FROM app.items')).rejects.toThrow('permission denied for table items');
    await expect(as('exporter', 'DELETE FROM app.items')).rejects.toThrow('permission denied for table items');
    await expect(as('auditor', 'SELECT FROM app.items')).rejects.toThrow('permission denied for schema app');
  });

  test('puts back a privilege, an attribute and a membership that were taken away, and owns what others made', async () => {
    await app.deploy(first);
    await app.query('REVOKE INSERT ON app.items FROM application; REVOKE USAGE ON SCHEMA app FROM read_only');
    await app.query('ALTER ROLE application NOLOGIN; REVOKE rds_iam FROM application');
    await app.query('SET ROLE owner; GRANT CREATE ON SCHEMA app TO administrator; SET ROLE administrator; CREATE TABLE app.others ()');
    const { changes } = await app.deploy(first);
    expect(changes).toEqual([
      'ALTER ROLE "application" LOGIN',
      'GRANT "rds_iam" TO "application"',
      'ALTER TABLE app.others OWNER TO "owner"',
      'GRANT USAGE ON SCHEMA app TO "read_only"',
      'GRANT INSERT ON TABLE app.items TO "application"',
      ...['DELETE', 'INSERT', 'SELECT', 'UPDATE'].map((privilege) => `GRANT ${privilege} ON TABLE app.others TO "application"`),
      'GRANT SELECT ON TABLE app.others TO "read_only"',
    ]);
  });

  test.each([
    ['ALTER ROLE read_only LOGIN', 'role read_only must have no LOGIN, got it; find out who gave it, and ALTER ROLE "read_only" NOLOGIN'],
    ['ALTER ROLE application SUPERUSER', 'role application must have no SUPERUSER, got it; find out who gave it, and'],
    ['GRANT owner TO application', 'role application must not be a member of owner, got it; find out who made it, and REVOKE owner FROM'],
  ])('refuses roles after %s', async (sql, message) => {
    await app.deploy();
    await app.query(sql);
    await expect(app.deploy()).rejects.toThrow(message);
  });

  test('REC-2.2 names a missing permission', async () => {
    await app.query('ALTER ROLE administrator NOCREATEROLE');
    await expect(app.deploy()).rejects.toThrow(
      'the administrator must be able to CREATE ROLE "owner" NOLOGIN, got SQLSTATE 42501: permission denied to create role; correct',
    );
  });

  test('DOC-2.3 applies what is new, once, and in order', async () => {
    await app.deploy(first);
    expect((await app.deploy(second)).changes).toEqual(['applied 0002-note.expand.sql']);
    expect(await columns()).toEqual(['id', 'title', 'note']);
    expect(await applied()).toEqual(['0001', '0002']);
  });

  test('DOC-2.3 succeeds with an older list, and says what the database keeps', async () => {
    await app.deploy(second);
    expect(await app.deploy(first)).toEqual({ changes: [], rolledBack: true });
    expect(app.lines.at(-1)).toEqual({ event: 'rolled-back', keeps: ['0002'] });
    expect(await columns()).toEqual(['id', 'title', 'note']);
  });

  const moments: [string, { before?: RegExp; after?: RegExp }][] = [
    ['before its extension', { before: /^CREATE EXTENSION/ }],
    ['after its extension', { after: /^CREATE EXTENSION/ }],
    ['between its roles', { after: /^CREATE ROLE "application"/ }],
    ['before its ledger', { before: /^CREATE TABLE IF NOT EXISTS app_migrations/ }],
    ['after a statement of a migration', { after: /^ALTER TABLE items/ }],
    ['before its ledger has the migration', { before: /^INSERT INTO app_migrations.migrations/ }],
    ['between two migrations', { before: /^ALTER TABLE items/ }],
    ['before it is noted as finished', { before: /^INSERT INTO app_migrations.deployments/ }],
  ];

  test.each(moments)('REC-2.2 is repeated to the same end when it was killed %s', async (_moment, at) => {
    const connect = async () => dying(server, await app.connect(), at);
    await expect(app.deploy(second, { connect })).rejects.toThrow(/terminating connection|Connection terminated|not queryable/);
    await app.deploy(second);
    expect(await columns()).toEqual(['id', 'title', 'note']);
    expect(await applied()).toEqual(['0001', '0002']);
    expect((await app.deploy(second)).changes).toEqual([]);
  });

  test('REC-2.2 lets the second of two at once wait, and find nothing to do', async () => {
    const outcomes = await Promise.all([app.deploy(second), app.deploy(second)]);
    const counts = outcomes.map(({ changes }) => changes.length).toSorted((one, other) => one - other);
    expect(counts[0]).toBe(0);
    expect(counts[1]).toBeGreaterThan(10);
  });
});
