import { Registry } from 'prom-client';
import { CacheError, type CacheStore, MemoryCacheStore, ResponseCache, type ResponseCacheOptions } from 'plinth-runtime/cache';
import { DeadlineExceededError } from 'plinth-runtime/resilience';
import { errorOf } from '../../support/error-of';
import { ManualClock } from '../../support/manual-clock';

const away = (): Promise<never> => Promise.reject(new CacheError('cache_timeout', 'away'));
const AWAY: CacheStore = { get: away, set: away, delete: away, close: () => Promise.resolve() };

describe('ResponseCache', () => {
  let clock: ManualClock;
  let store: MemoryCacheStore;
  let computed: number;

  beforeEach(() => {
    clock = new ManualClock();
    store = new MemoryCacheStore({ clock });
    computed = 0;
  });

  const cacheOf = (options: Partial<ResponseCacheOptions> = {}) => new ResponseCache({ store, clock, random: () => 0.5, ...options });
  const compute = () => Promise.resolve({ number: (computed += 1) });
  const fail = () => Promise.reject(new Error('provider is out'));
  /** A computation that ends when it is told to. */
  function held() {
    let end = { resolve: (_value: string) => {}, reject: (_error: Error) => {} };
    const promise = new Promise<string>((resolve, reject) => (end = { resolve, reject }));
    return { compute: jest.fn(() => promise), ...end };
  }

  it('REC-3.8 computes once and serves the value for five minutes by default', async () => {
    const cache = cacheOf();
    const first = await cache.through('key', compute);
    await clock.advance(299_999);
    const second = await cache.through('key', compute);
    await clock.advance(1);
    const third = await cache.through('key', compute);
    expect([first, second, third]).toEqual([
      { value: { number: 1 }, state: 'MISS' },
      { value: { number: 1 }, state: 'HIT' },
      { value: { number: 2 }, state: 'MISS' },
    ]);
  });

  it('REC-3.8 serves it for fifteen minutes when told so', async () => {
    const cache = cacheOf({ ttlMs: 900_000 });
    await cache.through('key', compute);
    await clock.advance(899_999);
    expect((await cache.through('key', compute)).state).toBe('HIT');
  });

  it.each([
    [0, 270_000],
    [0.999_999, 330_000],
  ])('spreads the end by a tenth (%d)', async (random, livesMs) => {
    const cache = cacheOf({ random: () => random });
    await cache.through('key', compute);
    await clock.advance(livesMs - 1);
    const before = (await cache.through('key', compute)).state;
    await clock.advance(1);
    expect([before, (await cache.through('key', compute)).state]).toEqual(['HIT', 'MISS']);
  });

  it('computes once for all who ask at the same time', async () => {
    const cache = cacheOf();
    const work = held();
    const asked = Array.from({ length: 20 }, () => cache.through('key', work.compute));
    work.resolve('value');
    expect([await Promise.all(asked), work.compute.mock.calls.length]).toEqual([
      Array.from({ length: 20 }, () => ({ value: 'value', state: 'MISS' })),
      1,
    ]);
  });

  it('computes apart for other keys', async () => {
    const cache = cacheOf();
    await Promise.all([cache.through('one', compute), cache.through('other', compute)]);
    expect(computed).toBe(2);
  });

  it('passes a failure on to all who wait, and never keeps it', async () => {
    const cache = cacheOf();
    const work = held();
    const asked = [errorOf(cache.through('key', work.compute)), errorOf(cache.through('key', work.compute))];
    work.reject(new Error('provider is out'));
    expect((await Promise.all(asked)).map(({ message }) => message)).toEqual(['provider is out', 'provider is out']);
    expect((await cache.through('key', compute)).state).toBe('MISS');
  });

  it('lets those who wait compute for themselves when the first runs out of time', async () => {
    const cache = cacheOf();
    const work = held();
    const first = errorOf(cache.through('key', work.compute));
    const second = cache.through('key', () => Promise.resolve('mine'));
    work.reject(new DeadlineExceededError(10));
    expect([(await first).message, await second]).toEqual([
      'the deadline of 10 ms has passed; give the request more time or ask for less',
      { value: 'mine', state: 'MISS' },
    ]);
  });

  it('REC-14.2 serves a value past its time only when computing fails', async () => {
    const cache = cacheOf({ staleMs: 60_000 });
    await cache.through('key', compute);
    await clock.advance(300_000);
    const stale = await cache.through('key', fail);
    const again = await cache.through('key', compute);
    expect([stale, again]).toEqual([
      { value: { number: 1 }, state: 'STALE' },
      { value: { number: 2 }, state: 'MISS' },
    ]);
  });

  it('serves no value that is older than it may be', async () => {
    const cache = cacheOf({ staleMs: 60_000 });
    await cache.through('key', compute);
    await clock.advance(360_000);
    await expect(cache.through('key', fail)).rejects.toThrow('provider is out');
  });

  it('serves no value that became too old while computing', async () => {
    const cache = cacheOf({ staleMs: 60_000 });
    await cache.through('key', compute);
    await clock.advance(359_999);
    const slow = errorOf(cache.through('key', () => clock.advance(1).then(fail)));
    expect((await slow).message).toBe('provider is out');
  });

  it('REC-3.8 keeps values of up to 64 KB and passes larger ones by', async () => {
    const cache = cacheOf();
    const sizes = [65_000, 66_000];
    const states = [];
    for (const size of sizes) {
      const large = () => Promise.resolve('x'.repeat(size));
      await cache.through(`key-${size}`, large);
      states.push((await cache.through(`key-${size}`, large)).state);
    }
    expect(states).toEqual(['HIT', 'MISS']);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['false', false],
    ['an empty text', ''],
    ['zero', 0],
  ])('keeps %s like any other value', async (_name, value) => {
    const cache = cacheOf();
    await cache.through('key', () => Promise.resolve(value));
    expect(await cache.through('key', compute)).toEqual({ value, state: 'HIT' });
  });

  it('does not keep what JSON cannot hold', async () => {
    const cache = cacheOf();
    await cache.through('key', () => Promise.resolve(undefined));
    expect((await cache.through('key', compute)).state).toBe('MISS');
  });

  it('computes without its store, whose failure is no miss in the metrics', async () => {
    const registry = new Registry();
    const cache = cacheOf({ store: AWAY, registry });
    expect(await cache.through('key', compute)).toEqual({ value: { number: 1 }, state: 'MISS' });
    const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('response_cache'));
    expect(lines).toEqual(['response_cache_outcomes_total{outcome="store_error"} 2', 'response_cache_outcomes_total{outcome="miss"} 1']);
  });

  it.each(['', 'x', '[1,2]', '["a","b",1]', '{"value":1}'])('computes where the store holds something else (%s)', async (text) => {
    await store.set('response:key', Buffer.from(text), 60_000);
    expect((await cacheOf().through('key', compute)).state).toBe('MISS');
  });

  it.each([
    [{ ttlMs: 999 }, 'ResponseCache: ttlMs must be a whole number of at least 1000, got 999; change it'],
    [{ staleMs: -1 }, 'ResponseCache: staleMs must be a whole number of at least 0, got -1; change it'],
  ])('refuses %j', (options, message) => {
    expect(() => cacheOf(options)).toThrow(message);
  });
});
