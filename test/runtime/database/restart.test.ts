import type { Database, DatabaseError } from 'plinth-runtime/database';
import { describeWithPostgres, Postgres } from '../../support/postgres';
import { createApplication, eventually, openDatabase } from './support';

describeWithPostgres('a restart of the database under load', () => {
  let server: Postgres;
  let database: Database;

  beforeAll(async () => {
    server = await Postgres.start();
    await createApplication(server);
    await server.administer('ALTER TABLE things DROP CONSTRAINT things_n_check');
    database = openDatabase(server);
  }, 30_000);
  afterAll(async () => {
    await database?.close();
    await server?.stop();
  });

  it('REC-2.11 loses no read, and of the writes none but those in flight, each of which says so', async () => {
    const stop = new AbortController();
    let next = 0;
    const reads: string[] = [];
    const writes = new Map<number, string>();
    const reader = async () => {
      while (!stop.signal.aborted) {
        const outcome = await database.read.query('SELECT pg_sleep(0.002)').then(
          () => 'ok',
          (error: DatabaseError) => error.code,
        );
        reads.push(outcome);
      }
    };
    const writer = async () => {
      while (!stop.signal.aborted) {
        const n = next++;
        const outcome = await database.write.query('INSERT INTO things SELECT $1::int FROM pg_sleep(0.002)', [n]).then(
          () => 'ok',
          (error: DatabaseError & { sent?: boolean }) => `${error.code}, sent ${error.sent}`,
        );
        writes.set(n, outcome);
      }
    };
    const load = [...Array.from({ length: 30 }, reader), ...Array.from({ length: 30 }, writer)];
    try {
      await eventually(() => reads.length > 300 && writes.size > 300);
      // Down for as long as it takes until everybody waits.
      await server.restart(() => eventually(() => database.metrics().waiting === load.length));
      const before = reads.length;
      await eventually(() => reads.length > before + 300);
    } finally {
      stop.abort();
      await Promise.all(load);
    }

    const stored = new Set((await server.administer<{ n: number }>('SELECT n FROM things')).map(({ n }) => n));
    const acknowledged = [...writes].filter(([, outcome]) => outcome === 'ok').map(([n]) => n);
    const lost = [...writes].filter(([, outcome]) => outcome !== 'ok');
    expect(reads.filter((outcome) => outcome !== 'ok')).toEqual([]);
    expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
    expect(new Set(lost.map(([, outcome]) => outcome))).toEqual(new Set(['database-unavailable, sent true']));
    // One for each of the writers at most: whoever waited for a connection was served later.
    expect(lost.length).toBeLessThanOrEqual(30);
    expect(stored.size).toBe(acknowledged.length + lost.filter(([n]) => stored.has(n)).length);
    expect(database.metrics().readsRetried).toBeGreaterThan(0);
  });

  it('leaves a full pool', async () => {
    await eventually(() => database.metrics().waiting === 0);
    expect(database.metrics().total).toBeLessThanOrEqual(50);
    await expect(database.ping()).resolves.toBeUndefined();
  });
});
