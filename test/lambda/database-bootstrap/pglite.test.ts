import { ensureExtension, extensionStatement, VECTOR } from '../../../lambda/database-bootstrap/extension';
import { postgres } from '../../../lambda/database-bootstrap/session-postgres';
import { bootstrap, type Dependencies } from '../../../lambda/database-bootstrap/bootstrap';
import { Migrations } from 'plinth';
import { Pglite } from '../../support/pglite';

// Servers of their own start slowly on a machine that does much else.

test.each([
  [{ available: '0.8.7' }, 'CREATE EXTENSION "vector" SCHEMA public'],
  [{ available: '0.8.7', installed: '0.7.4' }, 'ALTER EXTENSION "vector" UPDATE'],
  [{ available: '0.10.0', installed: '0.9.0' }, 'ALTER EXTENSION "vector" UPDATE'],
  [{ available: '0.8.0', installed: '0.8.0' }, undefined],
  [{ available: '0.8.0', installed: '0.8.1' }, undefined],
])('pgvector with %j takes %s', (state, statement) => {
  expect(extensionStatement(VECTOR, state)).toBe(statement);
});

test.each([
  [{}, 'extension vector must be at least 0.8.0, got none on the server; use an engine version that has it'],
  [{ available: '0.7.4' }, 'extension vector must be at least 0.8.0, got none installed and 0.7.4 on the server; upgrade the engine'],
  [
    { available: '0.7.4', installed: '0.7.0' },
    'extension vector must be at least 0.8.0, got 0.7.0 installed and 0.7.4 on the server; upgrade',
  ],
])('REC-2.2 pgvector with %j is refused by name', (state, message) => {
  expect(() => extensionStatement(VECTOR, state)).toThrow(message);
});

describe('on PostgreSQL 18 with pgvector', () => {
  let server: Pglite;
  let dependencies: Dependencies;
  const { _files: migrations } = Migrations.fromFolder('examples/migrations');
  const deploy = (deployment: string, files = migrations) => bootstrap({ deployment, migrations: files }, dependencies);

  beforeAll(async () => {
    server = await Pglite.start({ rdsIam: true });
    dependencies = {
      login: async () => ({ host: '127.0.0.1', port: server.port, dbname: 'app', username: 'administrator', password: '' }),
      connect: postgres({ ca: [], tls: 'disable' }),
      clock: { now: () => 0, sleep: async () => undefined },
      deadline: 60_000,
      extension: VECTOR,
      log: () => undefined,
      startLong: async () => undefined,
    };
  }, 30_000);
  afterAll(() => server?.stop());

  test('REC-2.2 an older pgvector is updated to that of the server', async () => {
    await server.query('CREATE EXTENSION vector');
    const [{ version }] = await server.query<{ version: string }>(
      `SELECT extversion AS version FROM pg_extension WHERE extname = 'vector'`,
    );
    await server.query(`UPDATE pg_extension SET extversion = '0.8.5' WHERE extname = 'vector'`);
    const session = await dependencies.connect(await dependencies.login());
    expect(await ensureExtension(session, VECTOR)).toEqual([`extension vector 0.8.5 -> ${version}`]);
    await session.close();
  });

  test('REC-2.2 an administrator that is no superuser makes roles, schema and every migration', async () => {
    // As on RDS, but that there the administrator makes the extension too.
    await server.query('CREATE ROLE administrator LOGIN CREATEROLE');
    await server.query('GRANT rds_iam TO administrator WITH ADMIN OPTION');
    await server.query('ALTER DATABASE postgres OWNER TO administrator');
    await server.query('SET SESSION AUTHORIZATION administrator');
    const { changes } = await deploy('first');
    expect(changes.filter((line) => line.startsWith('GRANT "owner"'))).toEqual(['GRANT "owner" TO CURRENT_USER']);
    expect(changes.slice(-4)).toEqual(migrations.map(({ file }) => `applied ${file}`));
  });

  test('REC-2.13 the index on the embedding is there, valid, and the application finds by it', async () => {
    const vector = JSON.stringify(Array.from({ length: 1536 }, (_, index) => index % 7));
    await server.query('INSERT INTO app.documents (id, embedding) VALUES ($1, $2)', ['a', vector]);
    expect(await server.query(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'app.documents_embedding'::regclass`)).toEqual([
      { indisvalid: true },
    ]);
    expect(await server.query('SELECT id FROM app.documents ORDER BY embedding <=> $1 LIMIT 1', [vector])).toEqual([{ id: 'a' }]);
  });

  test('REC-2.2 nothing is left to do the second time', async () => {
    expect(await deploy('second')).toEqual({ changes: [], rolledBack: false });
  });
});
