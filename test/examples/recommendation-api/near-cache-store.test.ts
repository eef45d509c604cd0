import { CacheError, MemoryCacheStore } from 'plinth-runtime/cache';
import { NearCacheStore } from '../../../examples/shared/service/near-cache-store';
import { SetClock } from './running';

class FarStore extends MemoryCacheStore {
  asked = 0;
  away = false;

  override async get(key: string): Promise<Buffer | undefined> {
    this.asked += 1;
    if (this.away) throw new CacheError('cache_unavailable', 'no connection');
    return super.get(key);
  }

  override async set(key: string, value: Buffer, ttlMs: number): Promise<void> {
    if (this.away) throw new CacheError('cache_unavailable', 'no connection');
    await super.set(key, value, ttlMs);
  }
}

const value = Buffer.from('value');
let clock: SetClock;
let far: FarStore;
let store: NearCacheStore;

beforeEach(() => {
  clock = new SetClock();
  far = new FarStore({ clock });
  store = new NearCacheStore(far, clock);
});

test('asks the shared store once in 30 seconds for a value', async () => {
  await far.set('key', value, 300_000);
  const first = await store.get('key');
  clock.time += 29_999;
  const second = await store.get('key');
  clock.time += 1;
  const third = await store.get('key');

  expect([first, second, third]).toEqual([value, value, value]);
  expect(far.asked).toBe(2);
});

test('keeps a value no longer than it is given', async () => {
  await store.set('key', value, 1_000);
  clock.time += 1_000;

  expect(await store.get('key')).toBeUndefined();
});

test('answers for 30 seconds what it could not share, and tells that it could not', async () => {
  far.away = true;

  await expect(store.set('key', value, 300_000)).rejects.toThrow('no connection');
  expect(await store.get('key')).toEqual(value);
  clock.time += 30_000;
  await expect(store.get('key')).rejects.toThrow('no connection');
});

test('forgets a value in both', async () => {
  await store.set('key', value, 300_000);
  await store.delete('key');

  expect([await store.get('key'), await far.get('key')]).toEqual([undefined, undefined]);
});
