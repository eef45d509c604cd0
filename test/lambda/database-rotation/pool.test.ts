import { EventEmitter, once } from 'node:events';
import { DatabaseError, Pool, type PoolConfig } from 'pg';
import { describeWithPostgres, Postgres } from '../../support/postgres';
import type { FakeSecret } from './fake-secret';
import { rotation, STEPS } from './rotation';

const AT_ONCE = 8;

/** Answers until it is told to stop, over connections that are made anew every few requests, and counts. */
class Load {
  answered = 0;
  /** How often a new connection met a password that is no longer in use. */
  refused = 0;
  private stopped = false;
  private readonly progress = new EventEmitter();
  private readonly work: Promise<unknown>;
  private readonly pool: Pool;

  constructor(
    config: PoolConfig,
    private readonly secret?: FakeSecret,
  ) {
    this.pool = new Pool({ ...config, max: AT_ONCE, maxUses: 3, connectionTimeoutMillis: 5_000 });
    // A connection that is done with may hear of the server's end before it is closed.
    this.pool.on('error', () => undefined);
    this.work = Promise.all(Array.from({ length: AT_ONCE }, () => this.request()));
  }

  async until(done: (load: Load) => boolean): Promise<void> {
    while (!done(this)) await Promise.race([once(this.progress, 'made'), this.work]);
  }

  /** Rejects with the first request that failed. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.work;
    await this.pool.end();
  }

  private async request(): Promise<void> {
    while (!this.stopped) {
      await this.answer();
      this.answered++;
      this.progress.emit('made');
    }
  }

  /** A client of a secret that rotates reads it again when it is refused; here it knows when the secret has changed. */
  private async answer(): Promise<void> {
    const changed = this.secret?.changed();
    try {
      await this.pool.query('SELECT pg_backend_pid()');
    } catch (error) {
      if (!changed || !(error instanceof DatabaseError) || error.code !== '28P01') throw error;
      this.refused++;
      this.progress.emit('made');
      await changed;
      await this.answer();
    }
  }
}

describeWithPostgres('a pool under load', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
  });
  afterAll(() => server?.stop());

  const connection = () => ({ host: 'localhost', port: server.port, database: 'postgres', ssl: { ca: server.ca } });

  test('of a role of its own loses no request across rotations of the administrator', async () => {
    const { rotate } = await rotation(server);
    const { login: app } = await rotation(server);
    const load = new Load({ ...connection(), user: app.username, password: app.password });

    for (const token of ['one', 'two', 'three']) {
      const { answered } = load;
      await rotate(token);
      await load.until((now) => now.answered > answered + AT_ONCE);
    }

    await expect(load.stop()).resolves.toBeUndefined();
  });

  test('of the rotated role itself loses no request when it reads the secret again', async () => {
    const { login, secret, run } = await rotation(server);
    const password = async () => secret.valueOf('AWSCURRENT').password;
    const load = new Load({ ...connection(), user: login.username, password }, secret);
    secret.begin('one');
    await run('createSecret', 'one');
    await run('setSecret', 'one');
    await load.until(({ refused }) => refused > 0);
    const { answered } = load;

    for (const step of STEPS.slice(2)) await run(step, 'one');
    await load.until((now) => now.answered > answered + AT_ONCE);

    await expect(load.stop()).resolves.toBeUndefined();
  });
});
