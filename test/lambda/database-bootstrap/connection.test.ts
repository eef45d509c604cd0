import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connection } from '../../../lambda/database-bootstrap/connection';
import type { Session } from '../../../lambda/database-bootstrap/session';
import { postgres } from '../../../lambda/database-bootstrap/session-postgres';
import { describeWithPostgres, Postgres } from '../../support/postgres';
import { database, FakeClock } from './database';

// Servers of their own start slowly on a machine that does much else.

const login = { host: 'db.example.com', port: 5432, dbname: 'app', username: 'administrator', password: 'hush' };
const fault = (code: string, message: string) => Object.assign(new Error(message), { code });
const session = {} as Session;

/** A server that fails in these ways, one after the other, and then lets in. */
function failing(...faults: Error[]) {
  const clock = new FakeClock();
  return {
    clock,
    connect: () =>
      connection({
        login: async () => login,
        clock,
        deadline: 60_000,
        connect: async () => (faults.length > 0 ? Promise.reject(faults.shift()) : session),
      }),
  };
}

const refused = fault('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:5432');

test.each([
  ['refuses connections', refused],
  ['has no name yet', fault('ENOTFOUND', 'getaddrinfo ENOTFOUND db.example.com')],
  ['starts', fault('57P03', 'the database system is starting up')],
  ['has no connection left', fault('53300', 'too many clients already')],
  ['is silent', new Error('timeout expired')],
  ['hangs up', new Error('Connection terminated unexpectedly')],
])('REC-2.2 waits for a server that %s', async (_what, error) => {
  const { connect, clock } = failing(error, error);
  expect(await connect()).toBe(session);
  expect(clock.sleeps).toEqual([5000, 5000]);
});

test('REC-2.2 gives up when the time of the function is up, and names host and last fault', async () => {
  const { connect, clock } = failing(...Array.from({ length: 12 }, () => refused));
  await expect(connect()).rejects.toThrow(
    /^db.example.com:5432 must answer, got connect ECONNREFUSED 10.0.0.1:5432 at try 12 after 55 s; look whether the database runs and its security groups admit this function$/,
  );
  expect(clock.now()).toBe(55_000);
});

test('a password is tried again while a rotation may be under way, then refused', async () => {
  const wrong = fault('28P01', 'password authentication failed for user "administrator"');
  const rotating = failing(wrong, wrong, wrong);
  expect(await rotating.connect()).toBe(session);
  const always = failing(wrong, wrong, wrong, wrong);
  await expect(always.connect()).rejects.toThrow(
    /^db.example.com:5432 must take the password of administrator, got password authentication failed for user "administrator"; look whether a rotation of its secret failed$/,
  );
  expect(always.clock.sleeps).toEqual([10_000, 10_000, 10_000]);
});

test.each([
  ['28000', 'role "administrator" is not permitted to log in', 'must let administrator in, got role "administrator" is not permitted'],
  ['3D000', 'database "app" does not exist', 'must let administrator in, got database "app" does not exist; correct what it names'],
])('a fault that waiting cannot mend is told at once: %s', async (code, message, expected) => {
  const { connect, clock } = failing(fault(code, message));
  await expect(connect()).rejects.toThrow(expected);
  expect(clock.sleeps).toEqual([]);
});

test('a server that is not there yet is let come up', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const clock = new FakeClock();
  const connect = postgres({ ca: [], tls: 'disable' });
  await expect(
    connection({ login: async () => ({ ...login, host: '127.0.0.1', port }), connect, clock, deadline: 20_000 }),
  ).rejects.toThrow(`127.0.0.1:${port} must answer, got connect ECONNREFUSED 127.0.0.1:${port} at try 4 after 15 s`);
});

describeWithPostgres('TLS', () => {
  let server: Postgres;
  let plain: Postgres;
  beforeAll(async () => {
    [server, plain] = await Promise.all([Postgres.start(), Postgres.start({ tls: false })]);
  });
  afterAll(() => Promise.all([server?.stop(), plain?.stop()]));

  test('REC-2.2 is refused by a server: nothing is sent, and the failure says so at once', async () => {
    const app = await database(plain);
    const clock = new FakeClock();
    const before = (await plain.logged()).length;
    await expect(app.deploy({}, { clock })).rejects.toThrow(
      `localhost:${plain.port} must speak TLS with a certificate that can be verified, got The server does not support SSL connections; connect`,
    );
    expect(clock.sleeps).toEqual([]);
    expect((await plain.logged()).slice(before).join('\n')).not.toContain('administrator');
  });

  test('is not believed with the certificate of an unknown authority', async () => {
    const app = await database(server);
    await expect(app.deploy({}, { connect: postgres({ ca: plain.ca, tls: 'verify-full' }) })).rejects.toThrow(
      'must speak TLS with a certificate that can be verified, got self-signed certificate',
    );
  });

  test('is not believed with a certificate made out to another name', async () => {
    const app = await database(server);
    await expect(app.deploy({}, { login: async () => ({ ...app.login, host: '127.0.0.1' }) })).rejects.toThrow(
      "must speak TLS with a certificate that can be verified, got Hostname/IP does not match certificate's altnames",
    );
  });

  test('REC-2.2 a wrong password is told, and not shown', async () => {
    const app = await database(server);
    const error: Error = await app.deploy({}, { login: async () => ({ ...app.login, password: 'letmein' }) }).then(
      () => new Error('it let in'),
      (thrown: Error) => thrown,
    );
    expect(error.message).toBe(
      `localhost:${server.port} must take the password of administrator, got password authentication failed for user "administrator"; look whether a rotation of its secret failed`,
    );
  });
});
