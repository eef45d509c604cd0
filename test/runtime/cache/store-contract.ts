import type { SlidingCacheStore } from 'plinth-runtime/cache';

export interface StoreUnderTest {
  readonly store: SlidingCacheStore;
  /** Lets time pass for what is in the store. */
  pass(ms: number): Promise<void>;
}

/** What every store does. */
export function itKeepsTheContract(subject: () => StoreUnderTest): void {
  let next = 0;
  const fresh = () => `key-${(next += 1)}`;
  const store = () => subject().store;

  it('has nothing where nothing was set', async () => {
    expect(await store().get(fresh())).toBeUndefined();
  });

  it('gives back the bytes that were set, whatever they are', async () => {
    const key = fresh();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_none, value) => value));
    await store().set(key, bytes, 60_000);
    expect(await store().get(key)).toEqual(bytes);
  });

  it('keeps an empty value apart from none', async () => {
    const key = fresh();
    await store().set(key, Buffer.alloc(0), 60_000);
    expect(await store().get(key)).toEqual(Buffer.alloc(0));
  });

  it('replaces a value', async () => {
    const key = fresh();
    await store().set(key, Buffer.from('old'), 60_000);
    await store().set(key, Buffer.from('new'), 60_000);
    expect(String(await store().get(key))).toBe('new');
  });

  it('is not changed by writing into what was set or got', async () => {
    const key = fresh();
    const bytes = Buffer.from('kept');
    await store().set(key, bytes, 60_000);
    bytes.fill('x');
    (await store().get(key))!.fill('y');
    expect(String(await store().get(key))).toBe('kept');
  });

  it('forgets a value after its time', async () => {
    const key = fresh();
    await store().set(key, Buffer.from('short'), 40);
    await subject().pass(45);
    expect(await store().get(key)).toBeUndefined();
  });

  it('keeps a value until its time', async () => {
    const key = fresh();
    await store().set(key, Buffer.from('long'), 60_000);
    await subject().pass(45);
    expect(String(await store().get(key))).toBe('long');
  });

  it('deletes several at once, present or not', async () => {
    const [one, other] = [fresh(), fresh()];
    await store().set(one, Buffer.from('1'), 60_000);
    await store().set(other, Buffer.from('2'), 60_000);
    await store().delete(one, other, fresh());
    expect([await store().get(one), await store().get(other)]).toEqual([undefined, undefined]);
  });

  it('lets a value live on when it is touched', async () => {
    const key = fresh();
    await store().set(key, Buffer.from('used'), 40);
    const touched = await store().touch(key, 60_000);
    await subject().pass(45);
    expect([touched, String(await store().get(key))]).toEqual([true, 'used']);
  });

  it('touches nothing where there is nothing', async () => {
    expect(await store().touch(fresh(), 1_000)).toBe(false);
  });

  it('replaces only what is there', async () => {
    const key = fresh();
    const before = await store().replace(key, Buffer.from('new'), 60_000);
    await store().set(key, Buffer.from('old'), 60_000);
    const after = await store().replace(key, Buffer.from('new'), 60_000);
    expect([before, after, String(await store().get(key))]).toEqual([false, true, 'new']);
  });

  it.each([0, 1.5, Number.NaN, Infinity])('refuses a time of %d', async (ttlMs) => {
    const message = `CacheStore: ttlMs must be a whole number of at least 1, got ${ttlMs}; give the time in milliseconds`;
    await expect(store().set(fresh(), Buffer.from('x'), ttlMs)).rejects.toThrow(message);
    await expect(store().touch(fresh(), ttlMs)).rejects.toThrow(message);
  });
}
