import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Database } from 'plinth-runtime/database';
import { describeWithPostgres, Postgres } from '../../support/postgres';
import { createApplication, eventually, failureOf, openDatabase } from './support';

/** A replica: another address of the same server, which can go away. */
class Replica {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(private readonly port: number) {}

  async start(): Promise<void> {
    this.server = createServer((client) => {
      const upstream = connect(this.port, '127.0.0.1');
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ]) {
        this.sockets.add(from);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
        from.pipe(to);
      }
    }).listen(this.port, '127.0.0.2');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    if (this.server) await once(this.server, 'close');
  }
}

describeWithPostgres('reads', () => {
  let server: Postgres;
  let replica: Replica;
  let database: Database;
  /** What is added to the time. */
  let ahead: number;

  beforeAll(async () => {
    server = await Postgres.start({ tls: false });
    await createApplication(server);
    replica = new Replica(server.port);
    await replica.start();
  }, 30_000);
  afterAll(async () => {
    await replica?.stop();
    await server?.stop();
  });
  afterEach(() => database?.close());

  function open(readHost: string | undefined): Database {
    ahead = 0;
    const clock = {
      now: () => Date.now() + ahead,
      sleep: (ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, ms);
          signal?.addEventListener('abort', () => (clearTimeout(timer), reject(new Error('aborted'))));
        }),
    };
    database = openDatabase(server, { host: '127.0.0.1', tls: 'disable', readHost, pool: { min: 1, max: 2 } }, { clock });
    return database;
  }
  const answered = () => [database.metrics().query.count, database.metrics().replica?.query.count];
  const terminate = (pids: string) => server.administer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${pids}`);
  const mine = `usename = 'application'`;

  it('go to the replica, writes and transactions to the primary', async () => {
    open('127.0.0.2');
    await database.read.query('SELECT 1');
    await database.write.query('SELECT 1');
    await database.transaction((client) => client.query('SELECT 1'));
    expect(answered()).toEqual([4, 1]);
  });

  it('go to the primary where there is no replica', async () => {
    open(undefined);
    await database.read.query('SELECT 1');
    expect(answered()).toEqual([1, undefined]);
  });

  it('are answered by the primary while the replica is away, and by the replica when it is back', async () => {
    open('127.0.0.2');
    await database.read.query('SELECT 1');
    await replica.stop();
    expect(await database.read.query('SELECT 2 AS n')).toEqual([{ n: 2 }]);
    const away = answered();
    await database.read.query('SELECT 1');
    const stillAway = answered();
    await replica.start();
    ahead = 10_000;
    await eventually(async () => {
      await database.read.query('SELECT 1');
      return database.metrics().replica!.query.count > stillAway[1]!;
    });
    expect([away[0], stillAway[0], database.metrics().replicaFallbacks > 0]).toEqual([1, 2, true]);
  });

  it('do not fall on the primary because the replica is busy', async () => {
    await open('127.0.0.2').close();
    database = openDatabase(server, {
      host: '127.0.0.1',
      tls: 'disable',
      readHost: '127.0.0.2',
      pool: { min: 1, max: 1 },
      connectTimeoutMs: 200,
    });
    await database.read.query('SELECT 1');
    const busy = database.read.query('SELECT pg_sleep(1)');
    await expect(database.read.query('SELECT 1')).rejects.toMatchObject({ code: 'pool-exhausted' });
    await busy;
    expect(answered()[0]).toBe(0);
  });

  it('are sent once more when an idle connection turns out dead; writes never are', async () => {
    open(undefined);
    await database.ping();
    await Promise.all([terminate(mine), database.read.query('SELECT 1')]);
    await database.ping();
    const running = database.write.query('SELECT pg_sleep(2)');
    const failed = failureOf(running);
    await eventually(async () => (await server.administer(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length === 1);
    await terminate(mine);
    expect(await failed).toMatchObject({
      code: 'database-unavailable',
      sent: true,
      message: 'database: the connection must last to the end of the statement, got 57P01; it may have taken effect',
    });
  });

  it('are sent twice at most', async () => {
    open(undefined);
    const running = database.read.query('SELECT pg_sleep(2)');
    const failed = failureOf(running);
    for (const times of [1, 2]) {
      await eventually(async () => (await server.administer(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length === 1);
      await terminate(mine);
      await eventually(async () => database.metrics().query.count === times);
    }
    expect(await failed).toMatchObject({ code: 'database-unavailable', sent: true });
    expect(database.metrics().readsRetried).toBe(1);
  });
});
