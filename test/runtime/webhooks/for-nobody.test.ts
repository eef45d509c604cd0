import { Webhooks } from 'plinth-runtime/webhooks';
import { Dynalite } from '../../support/dynalite';
import { ManualClock } from '../../support/manual-clock';
import { endpoint, type MakeStore, START, stores } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

/** Messages over a store, each fanned out when it is told to be. */
async function publishing(makeStore: MakeStore) {
  const clock = new ManualClock({ now: START, skipsWaits: true });
  const store = await makeStore(clock);
  const messages = { fanOut: async () => {}, deliver: async () => {} };
  const webhooks = new Webhooks({ store, messages, clock });
  const publication = { tenantId: 'acme', type: 'document.completed', body: { name: 'Ada' } };
  const publish = async (fields: object = {}): Promise<string> => {
    const published = await webhooks.publish({ ...publication, ...fields });
    if (published.type === 'conflict') throw new Error('a message must be published, got a conflict');
    return published.message.id;
  };
  const read = (id: string) => store.messages.read(id);
  return { store, webhooks, publication, publish, read };
}

describe.each(stores)('a message %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  test.each([
    ['nobody subscribed to', {}, []],
    ['only others subscribed to', {}, [endpoint({ tenantId: 'globex' }), endpoint({ id: 'ep_2', events: ['job.*'] })]],
    ['whose one receiver is gone', { target: { endpointId: 'ep_9', url: 'https://a.example' } }, [endpoint()]],
  ])('%s keeps no body once it is fanned out, and is not due', async (_whose, fields, endpoints) => {
    const { store, webhooks, publish, read } = await publishing(makeStore);
    for (const row of endpoints) await store.endpoints.create(row);
    const id = await publish(fields);

    await webhooks.fanOut(id);

    expect(await read(id)).toMatchObject({ id, state: 'fanned-out' });
    expect([(await read(id))?.body, (await read(id))?.dueAt]).toEqual([undefined, undefined]);
  });

  test('that somebody gets keeps its body, though the index of deliveries lags', async () => {
    const { store, webhooks, publish, read } = await publishing(makeStore);
    await store.endpoints.create(endpoint());
    store.deliveries.ofMessage = async () => [];
    const id = await publish();
    await webhooks.fanOut(id);
    expect(await read(id)).toMatchObject({ state: 'fanned-out', body: '{"name":"Ada"}' });
  });

  test('keeps its body for a delivery that an earlier try made, before its endpoint wanted others', async () => {
    const { store, webhooks, publish, read } = await publishing(makeStore);
    await store.endpoints.create(endpoint());
    const id = await publish();
    const replace = store.messages.replace.bind(store.messages);
    store.messages.replace = () => Promise.reject(new Error('killed'));
    await expect(webhooks.fanOut(id)).rejects.toThrow('killed');
    store.messages.replace = replace;
    await store.endpoints.replace(endpoint({ events: ['job.*'], revision: 'r2' }), 'r1');

    await webhooks.fanOut(id);

    expect(await read(id)).toMatchObject({ state: 'fanned-out', body: '{"name":"Ada"}' });
  });

  test('published again under its id or key is the one that went to nobody', async () => {
    const { webhooks, publish, publication, store, read } = await publishing(makeStore);
    for (const known of [{ id: 'msg_1' }, { idempotencyKey: 'k' }]) {
      const id = await publish(known);
      await webhooks.fanOut(id);
      await store.endpoints.create(endpoint());

      expect(await webhooks.publish({ ...publication, ...known })).toMatchObject({ type: 'replayed', message: { id } });

      expect(await webhooks.fanOut(id)).toEqual({ created: 0 });
      expect((await read(id))?.body).toBeUndefined();
      await store.endpoints.delete({ tenantId: 'acme', id: 'ep_1' }, 'r1');
    }
    expect((await webhooks.publish({ ...publication, body: { other: true }, idempotencyKey: 'k' })).type).toBe('conflict');
  });
});
