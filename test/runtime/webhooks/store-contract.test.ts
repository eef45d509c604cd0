import { MAX_BODY_BYTES, type WebhookStore } from 'plinth-runtime/webhooks';
import { Dynalite } from '../../support/dynalite';
import { delivery, endpoint, gate, HOUR_MS, keyRecord, message, owner, START, storeOver, stores, task, tombstone, ttlAt } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

const SOON = ttlAt(START + HOUR_MS);
const ACME = (id: string) => ({ tenantId: 'acme', id });

/** A row of each kind, under one set of verbs. */
const kinds = [
  ['an endpoint', ({ endpoints }: WebhookStore, fields: object) => over(endpoints, endpoint(fields), ACME('ep_1'))],
  ["an endpoint's owner", ({ owners }: WebhookStore, fields: object) => over(owners, owner(fields), 'ep_1')],
  ['a tombstone', ({ tombstones }: WebhookStore, fields: object) => over(tombstones, tombstone(fields), ACME('ep_1'))],
  ['a message', ({ messages }: WebhookStore, fields: object) => over(messages, message(fields), 'msg_1')],
  ['a delivery', ({ deliveries }: WebhookStore, fields: object) => over(deliveries, delivery(fields), 'del_1')],
  ['a gate', ({ gates }: WebhookStore, fields: object) => over(gates, gate(fields), 'ep_1')],
  ['a task', ({ tasks }: WebhookStore, fields: object) => over(tasks, task(fields), ACME('task_1'))],
] as const;

interface RowsOf<Row, Key> {
  create(row: Row): Promise<boolean>;
  read(key: Key): Promise<Row | undefined>;
  replace(row: Row, revision: string): Promise<boolean>;
}
const over = <Row extends object, Key>(rows: RowsOf<Row, Key>, row: Row, key: Key) => ({
  row,
  create: () => rows.create(row),
  read: () => rows.read(key),
  replace: (fields: object, revision: string) => rows.replace({ ...row, ...fields }, revision),
});

describe.each(stores)('webhooks %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  describe.each(kinds)('%s', (_kind, rowOf) => {
    test('is read as it was written', async () => {
      const { store } = await storeOver(makeStore);
      const { create, read, row } = rowOf(store, {});

      expect(await read()).toBeUndefined();
      expect(await create()).toBe(true);

      expect(await read()).toEqual(row);
    });

    test('is made once', async () => {
      const { store } = await storeOver(makeStore);
      const first = rowOf(store, {});
      await first.create();

      expect(await rowOf(store, { revision: 'r2' }).create()).toBe(false);

      expect(await first.read()).toEqual(first.row);
    });

    test('is replaced in the place of the revision that was read, and of no other', async () => {
      const { store } = await storeOver(makeStore);
      const { create, read, replace, row } = rowOf(store, {});
      await create();

      expect(await replace({ revision: 'r2' }, 'r1')).toBe(true);
      expect(await replace({ revision: 'r3' }, 'r1')).toBe(false);

      expect(await read()).toEqual({ ...row, revision: 'r2' });
    });

    test('is not made by replacing', async () => {
      const { store } = await storeOver(makeStore);
      const { read, replace } = rowOf(store, {});

      expect(await replace({ revision: 'r2' }, 'r1')).toBe(false);
      expect(await read()).toBeUndefined();
    });

    test('is gone when its time is over, and makes room for another', async () => {
      const { store, clock } = await storeOver(makeStore);
      const { create, read } = rowOf(store, { ttl: SOON });
      await create();

      clock.time = START + HOUR_MS - 1;
      expect(await read()).toBeDefined();
      clock.time = START + HOUR_MS;
      expect(await read()).toBeUndefined();

      const next = rowOf(store, { ttl: SOON + 3600, revision: 'r2' });
      expect(await next.create()).toBe(true);
      expect(await next.read()).toEqual(next.row);
    });
  });

  describe('endpoints', () => {
    test('are listed by tenant, oldest first', async () => {
      const { store } = await storeOver(makeStore);
      await store.endpoints.create(endpoint({ id: 'ep_a', createdAt: START + 2 }));
      await store.endpoints.create(endpoint({ id: 'ep_b', createdAt: START + 1 }));
      await store.endpoints.create(endpoint({ id: 'ep_c', tenantId: 'globex' }));
      await store.tasks.create(task());

      expect((await store.endpoints.list('acme')).map(({ id }) => id)).toEqual(['ep_b', 'ep_a']);
      expect(await store.endpoints.list('nobody')).toEqual([]);
    });

    test('tell implicit ones only when asked for, and none past its time', async () => {
      const { store, clock } = await storeOver(makeStore);
      await store.endpoints.create(endpoint());
      await store.endpoints.create(endpoint({ id: 'ep_2', isImplicit: true, events: [], ttl: SOON, createdAt: START + 1 }));
      const idsOf = async (withImplicit?: boolean) => (await store.endpoints.list('acme', { withImplicit })).map(({ id }) => id);

      expect([await idsOf(), await idsOf(false), await idsOf(true)]).toEqual([['ep_1'], ['ep_1'], ['ep_1', 'ep_2']]);
      clock.time = START + HOUR_MS;
      expect(await idsOf(true)).toEqual(['ep_1']);
    });

    test('are deleted in the revision that was read, and of no other tenant', async () => {
      const { store } = await storeOver(makeStore);
      await store.endpoints.create(endpoint());

      expect(await store.endpoints.delete(ACME('ep_1'), 'r0')).toBe(false);
      expect(await store.endpoints.delete({ tenantId: 'globex', id: 'ep_1' }, 'r1')).toBe(false);
      expect(await store.endpoints.read(ACME('ep_1'))).toBeDefined();
      expect(await store.endpoints.delete(ACME('ep_1'), 'r1')).toBe(true);
      expect(await store.endpoints.read(ACME('ep_1'))).toBeUndefined();
      expect(await store.endpoints.delete(ACME('ep_1'), 'r1')).toBe(false);
      expect(await store.endpoints.list('acme')).toEqual([]);
    });

    test("keep tenants' rows of one id apart", async () => {
      const { store } = await storeOver(makeStore);
      await store.endpoints.create(endpoint({ url: 'https://one.example' }));

      expect(await store.endpoints.create(endpoint({ tenantId: 'globex', url: 'https://other.example' }))).toBe(true);

      expect((await store.endpoints.read(ACME('ep_1')))?.url).toBe('https://one.example');
    });
  });

  describe('tombstones', () => {
    test('are told one after the other by id, of a tenant, and not past their time', async () => {
      const { store, clock } = await storeOver(makeStore);
      for (const [id, ttl] of Object.entries({ whe_b: SOON + 1, 'whe_a-1': SOON, whe_a: SOON + 1, whe_Z: SOON, whe_c: SOON }))
        await store.tombstones.create(tombstone({ id, ttl }));
      await store.tombstones.create(tombstone({ id: 'whe_aa', tenantId: 'globex' }));
      await store.tasks.create(task());
      const all = async () => {
        const ids: string[] = [];
        for (let row = await next(''); row; row = await next(row.id)) ids.push(row.id);
        return ids;
      };
      const next = (id: string) => store.tombstones.after(ACME(id));

      expect(await all()).toEqual(['whe_Z', 'whe_a', 'whe_a-1', 'whe_b', 'whe_c']);
      expect(await store.tombstones.after({ tenantId: 'nobody', id: '' })).toBeUndefined();
      clock.time = START + HOUR_MS;
      expect(await all()).toEqual(['whe_a', 'whe_b']);
    });

    test('are no endpoints', async () => {
      const { store } = await storeOver(makeStore);
      await store.tombstones.create(tombstone());

      expect(await store.endpoints.list('acme', { withImplicit: true })).toEqual([]);
      expect(await store.endpoints.read(ACME('ep_1'))).toBeUndefined();
      expect(await store.endpoints.create(endpoint())).toBe(true);
      expect(await store.tombstones.read(ACME('ep_1'))).toEqual(tombstone());
    });
  });

  describe('messages', () => {
    test.each([
      ['empty', ''],
      ['of quotes only, as large as a body may be', '"'.repeat(MAX_BODY_BYTES)],
      ['of dots, line ends, NUL and letters beyond ASCII', '{"a":"ä\u0000.\r\n😀"}'],
      ['purged', undefined],
    ])('keep a body byte for byte: %s', async (_what, body) => {
      const { store } = await storeOver(makeStore);
      await store.messages.create(message({ body }));

      const kept = await store.messages.read('msg_1');

      expect(kept?.body === body).toBe(true);
      expect(kept && 'body' in kept && kept.body !== undefined).toBe(body !== undefined);
    });
  });

  describe('tasks', () => {
    test('are listed by tenant, newest first, and not past their time', async () => {
      const { store, clock } = await storeOver(makeStore);
      await store.tasks.create(task({ id: 'task_a', createdAt: START + 2 }));
      await store.tasks.create(task({ id: 'task_b', createdAt: START + 1, ttl: SOON }));
      await store.tasks.create(task({ id: 'task_c', tenantId: 'globex' }));
      await store.endpoints.create(endpoint());

      expect((await store.tasks.list('acme')).map(({ id }) => id)).toEqual(['task_a', 'task_b']);
      clock.time = START + HOUR_MS;
      expect((await store.tasks.list('acme')).map(({ id }) => id)).toEqual(['task_a']);
    });
  });

  describe('idempotency keys', () => {
    test('are held by whoever took them first', async () => {
      const { store } = await storeOver(makeStore);

      expect(await store.takeKey(keyRecord())).toEqual(keyRecord());
      expect(await store.takeKey(keyRecord({ messageId: 'msg_2', requestHash: 'other' }))).toEqual(keyRecord());
      expect(await store.readKey('acme', 'key')).toEqual(keyRecord());
    });

    test('are apart by tenant and key, wherever the two are cut', async () => {
      const { store } = await storeOver(makeStore);
      await store.takeKey(keyRecord({ tenantId: 'a', key: 'b#c' }));

      expect(await store.readKey('a#b', 'c')).toBeUndefined();
      expect(await store.readKey('b', 'b#c')).toBeUndefined();
      expect((await store.takeKey(keyRecord({ tenantId: 'a#b', key: 'c', messageId: 'msg_2' }))).messageId).toBe('msg_2');
    });

    test('can be taken anew when their time is over', async () => {
      const { store, clock } = await storeOver(makeStore);
      await store.takeKey(keyRecord({ ttl: SOON }));
      clock.time = START + HOUR_MS;

      expect(await store.readKey('acme', 'key')).toBeUndefined();
      expect((await store.takeKey(keyRecord({ messageId: 'msg_2' }))).messageId).toBe('msg_2');
    });
  });
});
