import { Registry } from 'prom-client';
import { DatabaseUnavailableError, QueryAbortedError, StatementError, StatementTimeoutError } from 'plinth-runtime/database';
import { type VectorDatabase, withBreakers } from 'plinth-runtime/vector-search';
import { ManualClock } from '../../support/manual-clock';

const timeout = new StatementTimeoutError('too long');
const away = new DatabaseUnavailableError('away', false);
const aborted = new QueryAbortedError('aborted');
const refused = (sqlState: string) => new StatementError('refused', { sqlState });
const OUT_OF_MEMORY = '53200';
const DISK_FULL = '53100';
const PROGRAM_LIMIT_EXCEEDED = '54000';
const UNIQUE_VIOLATION = '23505';
const OPEN = { code: 'breaker_open' };

describe('withBreakers', () => {
  let clock: ManualClock;
  let registry: Registry;
  let answer: () => Promise<[]>;
  let database: VectorDatabase;

  beforeEach(() => {
    clock = new ManualClock();
    registry = new Registry();
    answer = () => Promise.resolve([]);
    const queryable = { query: <Row extends object>() => answer() as Promise<Row[]> };
    database = withBreakers({ read: queryable, write: queryable, transaction: (work) => work(queryable) }, { clock, registry });
  });

  const search = () => database.read.query('SELECT 1');
  const write = () => database.write.query('INSERT');
  const upsert = () => database.transaction((client) => client.query('INSERT'));
  const fail = async (work: () => Promise<unknown>, error: Error, times = 5) => {
    answer = () => Promise.reject(error);
    for (let time = 0; time < times; time += 1) await expect(work()).rejects.toBe(error);
    answer = () => Promise.resolve([]);
  };

  it.each([
    ['searches that time out', () => search(), timeout],
    ['searches without a server', () => search(), away],
    ['writes that time out', () => write(), timeout],
    ['writes without a server', () => upsert(), away],
    ['writes that find no memory for the index', () => upsert(), refused(OUT_OF_MEMORY)],
    ['writes that find no disk for the index', () => upsert(), refused(DISK_FULL)],
    ['writes that the index has no room for', () => write(), refused(PROGRAM_LIMIT_EXCEEDED)],
    ['searches that find no memory', () => search(), refused(OUT_OF_MEMORY)],
  ])('VEC-3.1 opens after 5 %s, and stays open for 60 s', async (_what, work, error) => {
    await fail(work, error, 4);
    await expect(work()).resolves.toEqual([]);
    await fail(work, error, 1);

    await expect(work()).rejects.toMatchObject(OPEN);
    await clock.advance(59_999);
    await expect(work()).rejects.toMatchObject(OPEN);
    await clock.advance(1);
    await expect(work()).resolves.toEqual([]);
  });

  it('VEC-3.1 goes on searching while writes fail', async () => {
    await fail(upsert, away);

    await expect(upsert()).rejects.toMatchObject({ ...OPEN, breaker: 'vector-write' });
    await expect(search()).resolves.toEqual([]);
  });

  it('VEC-3.1 goes on writing while searches time out', async () => {
    await fail(search, timeout);

    await expect(search()).rejects.toMatchObject({ ...OPEN, breaker: 'vector-search' });
    await expect(write()).resolves.toEqual([]);
  });

  it('VEC-3.1 leaves the server alone as a whole when it has no memory', async () => {
    await fail(upsert, refused(OUT_OF_MEMORY));

    await expect(search()).rejects.toMatchObject({ ...OPEN, breaker: 'vector-index-memory' });
    await expect(write()).rejects.toMatchObject({ ...OPEN, breaker: 'vector-index-memory' });
  });

  it.each([
    ['statements that are refused for what they say', refused(UNIQUE_VIOLATION)],
    ['callers that went away', aborted],
  ])('does not count %s', async (_what, error) => {
    await fail(search, error, 9);
    await fail(upsert, error, 9);

    await expect(search()).resolves.toEqual([]);
    await expect(upsert()).resolves.toEqual([]);
  });

  it('shows the state of each', async () => {
    await fail(search, timeout);

    expect(await registry.metrics()).toContain('breaker_state{breaker="vector-search"} 2');
    expect(await registry.metrics()).toContain('breaker_state{breaker="vector-write"} 0');
    expect(await registry.metrics()).toContain('breaker_state{breaker="vector-index-memory"} 0');
  });
});
