import { cacheStore, MemoryCacheStore } from 'plinth-runtime/cache';
import { ManualClock } from '../../support/manual-clock';
import { itKeepsTheContract } from './store-contract';

describe('MemoryCacheStore', () => {
  let clock: ManualClock;
  let store: MemoryCacheStore;

  beforeEach(() => {
    clock = new ManualClock();
    store = new MemoryCacheStore({ clock, maxBytes: 10_000 });
  });

  itKeepsTheContract(() => ({ store, pass: (ms) => clock.advance(ms) }));

  it('drops what was used longest ago when its bytes are full', async () => {
    for (const key of ['a', 'b', 'c']) await store.set(key, Buffer.alloc(3_000), 60_000);
    await store.get('a');
    await store.set('d', Buffer.alloc(3_000), 60_000);
    const there = await Promise.all(['a', 'b', 'c', 'd'].map(async (key) => (await store.get(key)) !== undefined));
    expect([there, store.bytes <= 10_000]).toEqual([[true, false, true, true], true]);
  });

  it('does not keep what is larger than all of it', async () => {
    await store.set('large', Buffer.alloc(20_000), 60_000);
    expect([await store.get('large'), store.bytes]).toEqual([undefined, 0]);
  });

  it('is what an environment without a host gets', () => {
    expect(cacheStore({})).toBeInstanceOf(MemoryCacheStore);
  });
});
