import { CacheError, MemoryCacheStore, SessionStore, type SlidingCacheStore } from 'plinth-runtime/cache';
import { ManualClock } from '../../support/manual-clock';

const HOUR_MS = 3_600_000;

describe('SessionStore', () => {
  let clock: ManualClock;
  let store: MemoryCacheStore;
  let sessions: SessionStore;

  beforeEach(() => {
    clock = new ManualClock();
    store = new MemoryCacheStore({ clock });
    sessions = new SessionStore({ store });
  });

  it('REC-3.7 keeps a session for 24 hours after its last use', async () => {
    const id = await sessions.create({ user: 'u-1' });
    await clock.advance(23 * HOUR_MS);
    const used = await sessions.get(id);
    await clock.advance(24 * HOUR_MS - 1);
    const usedAgain = await sessions.get(id);
    await clock.advance(24 * HOUR_MS);
    expect([used, usedAgain, await sessions.get(id)]).toEqual([{ user: 'u-1' }, { user: 'u-1' }, undefined]);
  });

  it('REC-3.7 holds at most 5 KB', async () => {
    const largest = { text: 'x'.repeat(5 * 1024 - '{"text":""}'.length) };
    const id = await sessions.create(largest);
    expect(await sessions.get(id)).toEqual(largest);
    await expect(sessions.create({ text: `${largest.text}x` })).rejects.toMatchObject({
      code: 'session_too_large',
      message: 'a session must take at most 5120 bytes as JSON, got 5121; keep ids in it and the data in the database',
    });
  });

  it('counts bytes, not letters', async () => {
    await expect(sessions.create({ text: 'é'.repeat(3_000) })).rejects.toThrow('got 6011');
  });

  it('has ids of 256 random bits', async () => {
    const ids = await Promise.all(Array.from({ length: 200 }, () => sessions.create({})));
    expect(new Set(ids).size).toBe(200);
    expect(ids.filter((id) => Buffer.from(id, 'base64url').length !== 32)).toEqual([]);
  });

  it('does not tell the ids to who reads the store', async () => {
    const keys: string[] = [];
    const watching = new Proxy(store, {
      get: (target, name: keyof SlidingCacheStore) => {
        return (key: string, ...rest: [Buffer, number]) => {
          keys.push(key);
          return (target[name] as (...values: unknown[]) => unknown).call(target, key, ...rest);
        };
      },
    });
    const watched = new SessionStore({ store: watching });
    const id = await watched.create({});
    await watched.get(id);
    expect(keys.every((key) => /^session:[0-9a-f]{64}$/.test(key) && !key.includes(id))).toBe(true);
  });

  it('replaces the data of a session', async () => {
    const id = await sessions.create({ cart: [] });
    const updated = await sessions.update(id, { cart: ['book'] });
    expect([updated, await sessions.get(id)]).toEqual([true, { cart: ['book'] }]);
  });

  it('does not bring an ended session back', async () => {
    const id = await sessions.create({ user: 'u-1' });
    await sessions.end(id);
    expect([await sessions.update(id, { user: 'u-1' }), await sessions.get(id)]).toEqual([false, undefined]);
  });

  it('goes on under a new id, and no longer under the old', async () => {
    const id = await sessions.create({ user: 'u-1' });
    const renewed = await sessions.renew(id);
    expect([await sessions.get(id), await sessions.get(renewed!), renewed === id]).toEqual([undefined, { user: 'u-1' }, false]);
  });

  it.each(['', 'x', '../../etc', 'a'.repeat(10_000)])('takes no id that it did not make', async (id) => {
    expect([await sessions.get(id), await sessions.update(id, {}), await sessions.renew(id)]).toEqual([undefined, false, undefined]);
  });

  it('tells a store that is away from a session that is none', async () => {
    const id = await sessions.create({});
    jest.spyOn(store, 'get').mockRejectedValue(new CacheError('cache_timeout', 'away'));
    await expect(sessions.get(id)).rejects.toMatchObject({ code: 'cache_timeout' });
  });
});
