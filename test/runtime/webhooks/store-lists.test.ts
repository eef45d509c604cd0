import type { Delivery, WebhookStore } from 'plinth-runtime/webhooks';
import { Dynalite } from '../../support/dynalite';
import { allPages, delivery, endpoint, gate, HOUR_MS, message, type SetClock, START, storeOver, stores, task, ttlAt } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

const SOON = ttlAt(START + HOUR_MS);

/** Deliveries a millisecond apart, two of each. */
async function deliveries(store: WebhookStore, count: number, fields: (at: number) => Partial<Delivery> = () => ({})): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, at) => `del_${String(at).padStart(3, '0')}`);
  await Promise.all(
    ids.map((id, at) =>
      store.deliveries.create(delivery({ id, createdAt: START + Math.floor(at / 2), messageId: `msg_${at}`, ...fields(at) })),
    ),
  );
  return ids;
}

/** Parked deliveries, the youngest first, each a millisecond after the one before. */
async function parkOneByOne(
  store: WebhookStore,
  clock: SetClock,
  count: number,
  fields: (at: number) => Partial<Delivery> = () => ({}),
): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, at) => `del_${String(at).padStart(3, '0')}`);
  for (const [at, id] of ids.entries()) {
    clock.time += 1;
    await store.deliveries.create(delivery({ id, state: 'parked', createdAt: START - at, ...fields(at) }));
  }
  return ids;
}

describe.each(stores)('lists %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  describe('the deliveries of an endpoint', () => {
    test.each([1, 7, 24, 100])('come newest first, each once, in pages of %d', async (limit) => {
      const { store } = await storeOver(makeStore);
      const ids = await deliveries(store, 24);
      await store.deliveries.create(delivery({ id: 'del_other', endpointId: 'ep_2' }));

      expect(await allPages(store, { endpointId: 'ep_1', limit })).toEqual(ids.toReversed());
    });

    test('go on after the place of the cursor though newer ones came', async () => {
      const { store } = await storeOver(makeStore);
      const ids = await deliveries(store, 30);
      const first = await store.deliveries.list({ endpointId: 'ep_1', limit: 10 });
      await store.deliveries.create(delivery({ id: 'del_new', createdAt: START + 1000 }));

      expect(await allPages(store, { endpointId: 'ep_1', limit: 10, before: first.next })).toEqual(ids.slice(0, 20).toReversed());
    });

    test('are told as last written, in a state and no other', async () => {
      const { store } = await storeOver(makeStore);
      const ids = await deliveries(store, 40, (at) => ({ state: at % 10 === 0 ? 'failed' : 'succeeded' }));
      const old = (await store.deliveries.read('del_010'))!;
      await store.deliveries.replace({ ...old, state: 'pending', revision: 'r2' }, 'r1');

      expect(await allPages(store, { endpointId: 'ep_1', limit: 3, state: 'failed' })).toEqual(['del_030', 'del_020', 'del_000']);
      expect(await allPages(store, { endpointId: 'ep_1', limit: 3, state: 'pending' })).toEqual(['del_010']);
      expect(await allPages(store, { endpointId: 'ep_1', limit: 9, state: 'succeeded' })).toHaveLength(ids.length - 4);
    });

    test('are told from a time (inclusive) to another (exclusive)', async () => {
      const { store } = await storeOver(makeStore);
      const ids = await deliveries(store, 40);
      const between = { endpointId: 'ep_1', since: START + 5, until: START + 12 };

      expect(await allPages(store, { ...between, limit: 4 })).toEqual(ids.slice(10, 24).toReversed());
      expect(await allPages(store, { endpointId: 'ep_1', since: START + 18, limit: 4 })).toEqual(ids.slice(36).toReversed());
      expect(await allPages(store, { endpointId: 'ep_1', until: START + 2, limit: 4 })).toEqual(ids.slice(0, 4).toReversed());
      expect(await allPages(store, { ...between, until: START + 5, limit: 4 })).toEqual([]);
    });

    test('are gone when their time is over', async () => {
      const { store, clock } = await storeOver(makeStore);
      await deliveries(store, 30, (at) => (at === 4 ? {} : { ttl: SOON }));
      clock.time = START + HOUR_MS;

      expect(await allPages(store, { endpointId: 'ep_1', limit: 2 })).toEqual(['del_004']);
    });
  });

  describe('what is parked', () => {
    test('is told parked longest first, of an endpoint, up to a limit', async () => {
      const { store, clock } = await storeOver(makeStore);
      const ids = await parkOneByOne(store, clock, 20);
      await store.deliveries.create(delivery({ id: 'del_other', endpointId: 'ep_2', state: 'parked' }));
      await store.deliveries.create(delivery({ id: 'del_free', state: 'retrying' }));

      expect(await store.deliveries.parked('ep_1', 5)).toEqual(ids.slice(0, 5));
      expect(await store.deliveries.parked('ep_1', 100)).toEqual(ids);
      expect(await store.deliveries.parked('ep_3', 5)).toEqual([]);
    });

    test('waits behind the others when it was tried and parked again: a probe never gets stuck at one', async () => {
      const { store, clock } = await storeOver(makeStore);
      const [tried, ...others] = await parkOneByOne(store, clock, 5);
      const row = (await store.deliveries.read(tried))!;
      await store.deliveries.replace({ ...row, state: 'sending', revision: 'r2' }, 'r1');
      clock.time += 1;
      await store.deliveries.replace({ ...row, state: 'parked', revision: 'r3' }, 'r2');

      expect(await store.deliveries.parked('ep_1', 10)).toEqual([...others, tried]);
    });

    test('is no longer told once it goes on, or its time is over', async () => {
      const { store, clock } = await storeOver(makeStore);
      const ids = await parkOneByOne(store, clock, 30, (at) => (at < 20 ? { ttl: SOON } : {}));
      const freed = (await store.deliveries.read('del_020'))!;
      await store.deliveries.replace({ ...freed, state: 'pending', revision: 'r2' }, 'r1');

      expect(await store.deliveries.parked('ep_1', 100)).toEqual(ids.filter((id) => id !== 'del_020'));
      clock.time = START + HOUR_MS;
      expect(await store.deliveries.parked('ep_1', 2)).toEqual(['del_021', 'del_022']);
    });
  });

  test('a message knows its deliveries, whatever became of them, until their time is over', async () => {
    const { store, clock } = await storeOver(makeStore);
    await store.messages.create(message());
    await store.takeKey({ tenantId: 'acme', key: 'key', messageId: 'msg_1', requestHash: 'hash', ttl: SOON });
    await store.deliveries.create(delivery({ id: 'del_a', state: 'succeeded' }));
    await store.deliveries.create(delivery({ id: 'del_b', endpointId: 'ep_2', ttl: SOON }));
    await store.deliveries.create(delivery({ id: 'del_c', messageId: 'msg_2' }));
    const idsOf = async (id: string) => (await store.deliveries.ofMessage(id)).map((found) => found.id).toSorted();

    expect([await idsOf('msg_1'), await idsOf('msg_2'), await idsOf('msg_3')]).toEqual([['del_a', 'del_b'], ['del_c'], []]);
    clock.time = START + HOUR_MS;
    expect(await idsOf('msg_1')).toEqual(['del_a']);
  });

  describe('what is due', () => {
    const dueAt = START + 100;
    const everyKind = async (store: WebhookStore) => {
      await store.messages.create(message({ dueAt }));
      await store.deliveries.create(delivery({ dueAt: dueAt - 10 }));
      await store.gates.create(gate({ endpointId: 'ep#1', dueAt }));
      await store.tasks.create(task({ tenantId: 'acme#1', dueAt }));
      await store.endpoints.create(endpoint());
    };

    test('is any row whose time has come, and no other', async () => {
      const { store, clock } = await storeOver(makeStore);
      await everyKind(store);

      clock.time = dueAt - 11;
      expect([await store.due(10), await store.oldestDue()]).toEqual([[], undefined]);
      clock.time = dueAt - 1;
      expect([await store.due(10), await store.oldestDue()]).toEqual([[{ type: 'delivery', id: 'del_1' }], dueAt - 10]);
      clock.time = dueAt;
      expect(new Set(await store.due(10))).toEqual(
        new Set([
          { type: 'delivery', id: 'del_1' },
          { type: 'message', id: 'msg_1' },
          { type: 'gate', id: 'ep#1' },
          { type: 'task', tenantId: 'acme#1', id: 'task_1' },
        ]),
      );
    });

    test('is at most the limit', async () => {
      const { store } = await storeOver(makeStore);
      await deliveries(store, 30, (at) => ({ dueAt: START - at }));

      expect(await store.due(7)).toHaveLength(7);
      expect(await store.due(100)).toHaveLength(30);
      expect(await store.oldestDue()).toBe(START - 29);
    });

    test('is no row that was written without a time, or whose life is over', async () => {
      const { store, clock } = await storeOver(makeStore);
      await everyKind(store);
      await store.deliveries.replace(delivery({ state: 'succeeded', revision: 'r2' }), 'r1');
      await store.messages.replace(message({ dueAt, ttl: SOON, revision: 'r2' }), 'r1');
      clock.time = START + HOUR_MS;

      expect((await store.due(10)).map(({ type }) => type).toSorted()).toEqual(['gate', 'task']);
      expect(await store.oldestDue()).toBe(dueAt);
    });
  });
});
