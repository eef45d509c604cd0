import { WebhookEndpoints, Webhooks, WebhookTasks, type WebhookStore } from 'plinth-runtime/webhooks';
import { Dynalite } from '../../support/dynalite';
import { ManualClock } from '../../support/manual-clock';
import { faultyStore, type Strike } from './faulty';
import { type MakeStore, START, stores } from './store';
import { plainSealer } from './world';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

const HOOK = { url: 'https://hooks.example.com/in', events: ['*'], headers: { 'x-team': 'search' } };
const DAY_MS = 86_400_000;

/** Endpoints of a tenant and what was published to them. */
async function purging(makeStore: MakeStore) {
  const clock = new ManualClock({ now: START, skipsWaits: true });
  const store = await makeStore(clock);
  const messages = { fanOut: async () => {}, deliver: async () => {} };
  const webhooks = new Webhooks({ store, messages, clock });
  const over = (another: WebhookStore) =>
    new WebhookEndpoints({ webhooks: new Webhooks({ store: another, messages, clock }), sealer: plainSealer });
  const endpoints = over(store);
  const struck = (strike: Strike) => over(faultyStore(store, strike));
  const register = async () => {
    const created = await endpoints.create('acme', HOOK);
    if (created.type === 'full') throw new Error('an endpoint must be made, got a refusal');
    return created.endpoint.id;
  };
  const publish = async (url?: string): Promise<string> => {
    const target = url === undefined ? undefined : await endpoints.targetFor('acme', url);
    const published = await webhooks.publish({ tenantId: 'acme', type: 'document.completed', body: { name: 'Ada' }, target });
    if (published.type === 'conflict') throw new Error('a message must be published, got a conflict');
    await webhooks.fanOut(published.message.id);
    return published.message.id;
  };
  const tasks = new WebhookTasks({ webhooks });
  const request = async () => {
    await clock.advance(1);
    const requested = await tasks.request({ tenantId: 'acme', kind: 'purge', since: 0 });
    if (requested.type === 'full') throw new Error('a task must be queued, got a refusal');
    return { tenantId: 'acme', id: requested.task.id };
  };
  const purge = async () => {
    const key = await request();
    await tasks.run(key, clock.now() + 600_000);
    const task = await tasks.get('acme', key.id);
    await clock.advance(1000);
    return task;
  };
  const bodyOf = async (id: string) => (await store.messages.read(id))?.body;
  const logsOf = async (endpointId: string) => (await store.deliveries.list({ endpointId, limit: 100 })).deliveries;
  return { clock, store, webhooks, endpoints, struck, register, publish, tasks, request, purge, bodyOf, logsOf };
}

describe.each(stores)('the purge of a tenant %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  test('takes bodies and logs of endpoints that were deleted', async () => {
    const { register, publish, endpoints, purge, bodyOf, logsOf } = await purging(makeStore);
    const [one, other, standing] = [await register(), await register(), await register()];
    const id = await publish();
    await endpoints.delete('acme', one);
    await endpoints.delete('acme', other);
    await endpoints.delete('acme', standing);

    expect(await purge()).toMatchObject({ state: 'succeeded', seen: 3, done: 3 });

    expect(await bodyOf(id)).toBeUndefined();
    expect([await logsOf(one), await logsOf(other), await logsOf(standing)]).toEqual([[], [], []]);
  });

  test.each([
    ['before the endpoint was', 'before', 1],
    ['after the endpoint was', 'after', 0],
  ] as const)('takes those of an endpoint whose deletion ended %s', async (_when, fault, stands) => {
    const { register, publish, struck, endpoints, purge, bodyOf } = await purging(makeStore);
    const endpointId = await register();
    const id = await publish();
    const dying = struck((call) => (call === 'endpoints.delete' ? fault : undefined));

    await expect(dying.delete('acme', endpointId)).rejects.toThrow('struck');

    expect(await endpoints.list('acme')).toHaveLength(stands);
    expect(await purge()).toMatchObject({ seen: 1, done: 1 });
    expect(await bodyOf(id)).toBeUndefined();
  });

  test('takes those of an endpoint that is deleted while the purge looks for the next', async () => {
    const { register, publish, endpoints, store, tasks, request, clock, bodyOf } = await purging(makeStore);
    const endpointId = await register();
    const id = await publish();
    const key = await request();
    const list = store.endpoints.list.bind(store.endpoints);
    store.endpoints.list = async (...given) => {
      await endpoints.delete('acme', endpointId);
      return list(...given);
    };

    await tasks.run(key, clock.now() + 600_000);

    expect(await bodyOf(id)).toBeUndefined();
  });

  test('takes those of an implicit endpoint that was deleted, made anew and deleted again', async () => {
    const { publish, endpoints, purge, bodyOf, store } = await purging(makeStore);
    const ids: string[] = [];
    for (let nth = 0; nth < 2; nth += 1) {
      ids.push(await publish('https://jobs.example.com/done'));
      const [{ id }] = await endpoints.list('acme', { withImplicit: true });
      expect(await endpoints.delete('acme', id)).toBe(true);
      expect(await store.endpoints.list('acme', { withImplicit: true })).toEqual([]);
    }

    expect(await purge()).toMatchObject({ seen: 2, done: 2 });

    expect(await Promise.all(ids.map(bodyOf))).toEqual([undefined, undefined]);
  });

  test('takes the logs of an implicit endpoint whose time is over', async () => {
    const { publish, endpoints, purge, clock, logsOf } = await purging(makeStore);
    await publish('https://jobs.example.com/done');
    const [{ id }] = await endpoints.list('acme', { withImplicit: true });
    await clock.advance(44 * DAY_MS);
    await publish('https://jobs.example.com/done');
    await clock.advance(47 * DAY_MS);
    expect([await endpoints.get('acme', id), (await logsOf(id)).length]).toEqual([undefined, 1]);

    await purge();

    expect(await logsOf(id)).toEqual([]);
  });

  test('knows a deleted endpoint by no more than its id, for as long as anything of it can be read', async () => {
    const { register, publish, endpoints, webhooks, store, clock, logsOf } = await purging(makeStore);
    const id = await register();
    await publish();
    await endpoints.delete('acme', id);
    const [delivery] = await logsOf(id);
    await webhooks.cancel(delivery.id);
    await clock.advance(30 * DAY_MS - 1000);

    expect((await webhooks.resend(delivery.id)).refusal).toBeUndefined();

    const tombstone = await store.tombstones.read({ tenantId: 'acme', id });
    expect(tombstone).toEqual({ id, tenantId: 'acme', ttl: expect.any(Number), revision: expect.any(String) });
    expect(tombstone!.ttl).toBeGreaterThan((await store.deliveries.read(delivery.id))!.ttl);
  });

  test('finds what a later deletion of the same id left, though an earlier one noted it', async () => {
    const { publish, endpoints, store, clock } = await purging(makeStore);
    const ttls: number[] = [];
    for (let nth = 0; nth < 2; nth += 1) {
      await publish('https://jobs.example.com/done');
      const [{ id }] = await endpoints.list('acme', { withImplicit: true });
      await endpoints.delete('acme', id);
      ttls.push((await store.tombstones.read({ tenantId: 'acme', id }))!.ttl);
      await clock.advance(100 * DAY_MS);
    }

    expect(ttls[1] - ttls[0]).toBe((100 * DAY_MS) / 1000);
  });

  test('knows an implicit endpoint for longer with each time its own is renewed', async () => {
    const { publish, endpoints, store, clock } = await purging(makeStore);
    await publish('https://jobs.example.com/done');
    const [{ id }] = await endpoints.list('acme', { withImplicit: true });
    const first = await store.tombstones.read({ tenantId: 'acme', id });
    await clock.advance(50 * DAY_MS);
    await publish('https://jobs.example.com/done');

    expect((await store.tombstones.read({ tenantId: 'acme', id }))!.ttl - first!.ttl).toBe((50 * DAY_MS) / 1000);
  });
});

test('a deletion that meets an edit deletes what was written', async () => {
  const { register, endpoints, store } = await purging(stores[0][1](() => dynalite));
  const id = await register();
  const remove = store.endpoints.delete.bind(store.endpoints);
  store.endpoints.delete = async (key, revision) => {
    store.endpoints.delete = remove;
    await endpoints.pause('acme', id);
    return remove(key, revision);
  };

  expect(await endpoints.delete('acme', id)).toBe(true);

  expect(await endpoints.get('acme', id)).toBeUndefined();
});

test('a deletion whose answer was lost is one: what waits is told, and the owner forgotten', async () => {
  const { register, endpoints, store } = await purging(stores[0][1](() => dynalite));
  const id = await register();
  const remove = store.endpoints.delete.bind(store.endpoints);
  store.endpoints.delete = async (key, revision) => (await remove(key, revision)) && false;

  expect(await endpoints.delete('acme', id)).toBe(true);

  expect((await store.owners.read(id))?.ttl).toBeDefined();
  expect(await endpoints.delete('acme', id)).toBe(false);
});
