import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { PostgresDatabase } from '../../../lambda/database-rotation/database-postgres';
import { describeWithPostgres, Postgres } from '../../support/postgres';
import { rotation } from './rotation';

const nobody = { dbname: 'postgres', username: 'nobody', password: 'nothing' };

describeWithPostgres('a server', () => {
  let server: Postgres;
  let plain: Postgres;
  beforeAll(async () => {
    [server, plain] = await Promise.all([Postgres.start(), Postgres.start({ tls: false })]);
  });
  afterAll(() => Promise.all([server?.stop(), plain?.stop()]));

  test('is reached by TLS', async () => {
    const { login, database } = await rotation(server);
    expect(await database.accepts(login)).toBe(true);
  });

  test('tells a wrong password from other faults', async () => {
    const { login, database } = await rotation(server);
    expect(await database.accepts({ ...login, password: 'wrong' })).toBe(false);
  });

  test('is not asked to change anything with a wrong password', async () => {
    const { login, database } = await rotation(server);
    expect(await database.changePassword({ ...login, password: 'wrong' }, 'x')).toBe(false);
    expect(await database.accepts(login)).toBe(true);
  });

  test('is given no password without TLS', async () => {
    const { login } = await rotation(plain);
    const before = (await plain.logged()).length;
    await expect(new PostgresDatabase({ ca: server.ca }).accepts(login)).rejects.toThrow('The server does not support SSL connections');
    expect((await plain.logged()).slice(before).join()).not.toContain(login.username);
  });

  test('is not believed with the certificate of an unknown authority', async () => {
    const { login } = await rotation(server);
    await expect(new PostgresDatabase({ ca: plain.ca }).accepts(login)).rejects.toThrow('self-signed certificate');
  });

  test('is not believed with a certificate made out to another name', async () => {
    const { login, database } = await rotation(server);
    await expect(database.accepts({ ...login, host: '127.0.0.1' })).rejects.toThrow("IP: 127.0.0.1 is not in the cert's list");
  });

  test('passes on that a user may not log in at all', async () => {
    const { login, database } = await rotation(server);
    await server.administer(`ALTER ROLE ${login.username} NOLOGIN`);
    await expect(database.accepts(login)).rejects.toThrow(`role "${login.username}" is not permitted to log in`);
  });

  test('keeps the password when the statement is refused', async () => {
    const { login, database } = await rotation(server);
    await server.administer(`ALTER ROLE ${login.username} SET default_transaction_read_only = on`);
    await expect(database.changePassword(login, 'x')).rejects.toThrow('cannot execute ALTER ROLE in a read-only transaction');
    expect(await database.accepts(login)).toBe(true);
  });
});

describe('a server that', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  const login = () => ({ ...nobody, host: '127.0.0.1', port: (server.address() as AddressInfo).port });

  test('is silent is given up', async () => {
    await expect(new PostgresDatabase({ ca: [], connectMs: 50 }).accepts(login())).rejects.toThrow('timeout expired');
  });

  test('hangs up is given up', async () => {
    server.on('connection', (socket) => socket.destroy());
    await expect(new PostgresDatabase({ ca: [] }).accepts(login())).rejects.toThrow('Connection terminated unexpectedly');
  });

  test('is away is given up', async () => {
    const away = login();
    server.close();
    await once(server, 'close');
    await expect(new PostgresDatabase({ ca: [] }).accepts(away)).rejects.toThrow('ECONNREFUSED');
  });
});
