import { Client } from 'pg';
import { Pglite } from './pglite';

describe('the embedded PostgreSQL', () => {
  let server: Pglite;
  beforeAll(async () => {
    server = await Pglite.start({ rdsIam: true });
  }, 30_000);
  afterAll(() => server?.stop());

  test('has pgvector, and the role that RDS makes', async () => {
    expect(await server.query(`SELECT default_version FROM pg_available_extensions WHERE name = 'vector'`)).toEqual([
      { default_version: '0.8.7' },
    ]);
    expect(await server.query(`SELECT rolcanlogin FROM pg_roles WHERE rolname = 'rds_iam'`)).toEqual([{ rolcanlogin: false }]);
  });

  test('takes any name, user and password', async () => {
    const client = new Client({ host: server.host, port: server.port, user: 'application', password: 'any', database: 'app' });
    await client.connect();
    const { rows } = await client.query('SELECT current_user, current_database()');
    await client.end();
    expect(rows).toEqual([{ current_user: 'postgres', current_database: 'postgres' }]);
  });
});
