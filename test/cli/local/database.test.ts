import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import { entryPoint } from '../../../cli/src/local/entry';
import { Run } from '../../../cli/src/local/process/run';
import { temporaryFolder } from './support';

const folder = temporaryFolder();

async function start(name: string, temporary: boolean) {
  const run = new Run(() => {});
  const settings = { data: join(folder, name), temporary, database: 'app', administrator: 'administrator' };
  const { port } = await run.startServer(
    {
      name: 'database',
      command: [process.execPath, entryPoint('local-database.js')],
      cwd: folder,
      environment: { PATH: process.env.PATH ?? '' },
      input: JSON.stringify(settings),
    },
    10_000,
  );
  return { run, port, data: settings.data };
}

describe('a database that goes with the run', () => {
  let server: Awaited<ReturnType<typeof start>>;
  let administrator: Client;
  const clients: Client[] = [];

  async function connect(user: string, database = 'app'): Promise<Client> {
    const client = new Client({ host: '127.0.0.1', port: server.port, user, database });
    client.on('error', () => {});
    await client.connect();
    clients.push(client);
    return client;
  }

  beforeAll(async () => {
    server = await start('temporary', true);
    administrator = await connect('administrator');
    await administrator.query(`CREATE EXTENSION vector; CREATE SCHEMA app; CREATE TABLE app.items (id integer);
      CREATE ROLE application LOGIN; ALTER ROLE application SET search_path = app, public;
      GRANT USAGE ON SCHEMA app TO application; GRANT SELECT, INSERT ON app.items TO application`);
  }, 30_000);
  afterAll(() => server.run.stop());

  test('lets each connection be its own user, with the settings of its role', async () => {
    const application = await connect('application');

    const { rows } = await application.query(`SELECT session_user AS "user", current_setting('search_path') AS path`);

    expect(rows).toEqual([{ user: 'application', path: 'app, public' }]);
    await expect(application.query('DELETE FROM items')).rejects.toMatchObject({ code: '42501' });
    expect((await administrator.query('SELECT session_user AS "user"')).rows).toEqual([{ user: 'administrator' }]);
  });

  test.each([
    ['a query', 'COPY app.items FROM STDIN'],
    ['one of several statements', 'SELECT 1; copy app.items (id) from stdin WITH (FORMAT csv)'],
    ['a prepared statement', { text: 'COPY app.items FROM STDIN', values: [], name: 'copies' }],
  ])('refuses to copy a stream in by %s, and goes on', async (_name, query) => {
    const client = await connect('application');

    await expect(client.query(query)).rejects.toMatchObject({
      code: '0A000',
      message:
        'COPY FROM STDIN must not be used on the local database, which has one backend and takes no stream from a client; use INSERT of several rows',
    });
    expect((await client.query(`SELECT 'copy x from stdin' AS text`)).rows).toEqual([{ text: 'copy x from stdin' }]);
  });

  test('fails a transaction that would copy a stream in', async () => {
    const client = await connect('application');
    await client.query('BEGIN');
    await client.query('INSERT INTO items VALUES (77)');

    await expect(client.query('COPY items FROM STDIN')).rejects.toMatchObject({ code: '0A000' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });

    await client.query('ROLLBACK');
    expect((await client.query('SELECT 1 FROM items WHERE id = 77')).rows).toEqual([]);
  });

  test('keeps what a connection sets to that connection', async () => {
    const [one, other] = [await connect('application'), await connect('application')];

    await one.query('SET hnsw.ef_search = 77');
    await other.query('SET hnsw.ef_search = 11');

    expect((await one.query('SHOW hnsw.ef_search')).rows).toEqual([{ 'hnsw.ef_search': '77' }]);
    expect((await other.query('SHOW hnsw.ef_search')).rows).toEqual([{ 'hnsw.ef_search': '11' }]);
  });

  test('mixes up neither statements nor their names, ten connections at once', async () => {
    const pool = new Pool({ host: '127.0.0.1', port: server.port, user: 'application', database: 'app', max: 10 });
    const ask = async (index: number) => {
      const query = { text: `SELECT $1::int + ${index % 10} AS sum`, values: [index] };
      const { rows } = await pool.query<{ sum: number }>(index % 2 === 0 ? query : { ...query, name: `sum-${index % 10}` });
      return rows[0].sum - (index % 10);
    };

    expect(await Promise.all(Array.from({ length: 300 }, (_, index) => ask(index)))).toEqual(
      Array.from({ length: 300 }, (_, index) => index),
    );
    await pool.end();
  });

  test('holds others back for a transaction, and undoes one whose connection breaks', async () => {
    const application = await connect('application');
    await application.query('BEGIN');
    await application.query('INSERT INTO items VALUES (1)');
    const other = administrator.query('SELECT count(*)::int AS count FROM app.items');

    (application as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();

    expect((await other).rows).toEqual([{ count: 0 }]);
  });

  test('goes on after a statement that fails', async () => {
    await expect(administrator.query('SELECT $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' });
    expect((await administrator.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
  });

  test.each([
    ['nobody', 'app', '28000', 'role "nobody" does not exist'],
    ['rds_iam', 'app', '28000', 'role "rds_iam" is not permitted to log in'],
    ['application', 'other', '3D000', 'database "other" does not exist'],
  ])('refuses %s to %s', async (user, database, code, message) => {
    await expect(connect(user, database)).rejects.toMatchObject({ code, message });
  });

  test('leaves nothing behind', async () => {
    await server.run.stop();

    expect(existsSync(server.data)).toBe(false);
  });
});

test('keeps the data of a folder from run to run', async () => {
  for (const sql of ['CREATE TABLE kept (id integer)', 'INSERT INTO kept VALUES (1)']) {
    const { run, port } = await start('kept', false);
    const client = new Client({ host: '127.0.0.1', port, user: 'administrator', database: 'app' });
    await client.connect();
    expect((await client.query(sql)).command).toMatch(/CREATE|INSERT/);
    await client.end();
    await run.stop();
  }
}, 30_000);
