import type { Database, DatabaseError } from 'plinth-runtime/database';
import { describeWithPostgres, Postgres } from '../../support/postgres';
import { createApplication, eventually, openDatabase } from './support';

const IAM = { method: 'iam', region: 'eu-central-1' } as const;

describeWithPostgres('tokens in use', () => {
  let server: Postgres;
  let database: Database;
  /** What the server takes, and what the provider hands out. */
  let token: string;
  let made: number;

  beforeAll(async () => {
    server = await Postgres.start();
    await createApplication(server);
  }, 30_000);
  afterAll(() => server?.stop());
  beforeEach(() => setToken('token-1'));
  afterEach(() => database?.close());

  async function setToken(value: string): Promise<void> {
    await server.administer(`ALTER ROLE application PASSWORD '${value}'`);
    token = value;
    made = 0;
  }
  const open = (provider: () => Promise<string>) =>
    openDatabase(server, { auth: IAM, pool: { min: 10, max: 50 } }, { token: () => provider });
  const provide = () => {
    made += 1;
    return Promise.resolve(token);
  };

  it('that change under load lose no statement, and old connections go on', async () => {
    database = open(provide);
    const outcomes: string[] = [];
    const stop = new AbortController();
    const client = async () => {
      while (!stop.signal.aborted) {
        outcomes.push(
          await database.write.query('SELECT pg_sleep(0.002)').then(
            () => 'ok',
            (error: DatabaseError) => error.code,
          ),
        );
      }
    };
    const few = Array.from({ length: 10 }, client);
    await eventually(() => outcomes.length > 100);
    const old = (await server.administer<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE usename = 'application'`)).map(
      ({ pid }) => pid,
    );
    await setToken('token-2');
    // More at once than before: connections that are opened with the token that is kept, which is refused by now.
    const many = Array.from({ length: 40 }, client);
    await eventually(() => database.metrics().total === 50 && outcomes.length > 1_000).finally(() => stop.abort());
    await Promise.all([...few, ...many]);
    const still = (await server.administer<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE usename = 'application'`)).map(
      ({ pid }) => pid,
    );
    expect(outcomes.filter((outcome) => outcome !== 'ok')).toEqual([]);
    expect(still).toEqual(expect.arrayContaining(old));
    expect(made).toBeGreaterThan(0);
  });

  it('that cannot be made leave the connections that are there alone', async () => {
    let works = true;
    database = open(() => (works ? provide() : Promise.reject(new Error('no credentials'))));
    await eventually(() => database.metrics().idle === 10);
    works = false;
    // What was kept is refused, so that new ones are asked for.
    await setToken('token-3');
    const answers = await Promise.all(Array.from({ length: 200 }, () => database.write.query('SELECT 1 AS one')));
    expect(new Set(answers.map(([row]) => JSON.stringify(row)))).toEqual(new Set(['{"one":1}']));
    expect(database.metrics().connectionFailures).toBeGreaterThan(0);
  });

  it('that cannot be made at all are an error that says so', async () => {
    database = open(() => Promise.reject(new RangeError('no credentials')));
    await expect(database.ping()).rejects.toMatchObject({
      code: 'token-failed',
      message: expect.stringMatching(/^database: a token of IAM must be made for a new connection, got RangeError;/),
    });
  });
});
