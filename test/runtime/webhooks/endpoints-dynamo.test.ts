import { DynamoWebhookStore, WebhookEndpoints, Webhooks, WebhookTasks, webhookTable } from 'plinth-runtime/webhooks';
import { ManualClock } from '../../support/manual-clock';
import { Dynalite } from '../../support/dynalite';
import { delivery, message, START } from './store';
import { plainSealer } from './world';

const HOOK = { url: 'https://hooks.example.com/in', events: ['*'] };
const DAY_MS = 86_400_000;

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
  await dynalite.createTable(webhookTable('webhooks'));
});
afterAll(() => dynalite?.stop());

/** As the gateway has them, over a table that stands for the region's. */
function overTable() {
  const clock = new ManualClock({ now: START, skipsWaits: true });
  const store = new DynamoWebhookStore({ client: dynalite.client(), tableName: 'webhooks', clock });
  const hinted: string[] = [];
  const messages = { fanOut: async () => {}, deliver: async ({ deliveryId }: { deliveryId: string }) => void hinted.push(deliveryId) };
  const webhooks = new Webhooks({ store, messages, clock });
  return {
    clock,
    store,
    hinted,
    tasks: new WebhookTasks({ webhooks }),
    endpoints: new WebhookEndpoints({ webhooks, sealer: plainSealer }),
  };
}

describe('over DynamoDB', () => {
  test('an endpoint is made, edited, rotated, found by its id alone and deleted', async () => {
    const { endpoints, store } = overTable();
    const created = await endpoints.create('acme', { ...HOOK, description: 'first', headers: { 'x-team': 'search' } });
    const { id } = created.type === 'created' ? created.endpoint : { id: '' };

    const updated = await endpoints.update('acme', id, { description: null, limits: { inFlight: 2 } });
    const rotated = await endpoints.rotateSecret('acme', id);
    const standing = await endpoints.get('acme', id);

    expect([updated.type, rotated.type]).toEqual(['edited', 'edited']);
    expect(standing).toMatchObject({ ...HOOK, limits: { inFlight: 2 }, headerNames: ['x-team'], keys: [{}, {}, {}] });
    expect(standing?.description).toBeUndefined();
    expect((await endpoints.keySet(id))?.keys).toHaveLength(1);
    expect(await endpoints.delete('acme', id)).toBe(true);
    expect([await endpoints.keySet(id), await store.endpoints.list('acme')]).toEqual([undefined, []]);
  });

  test('an implicit endpoint is one however many ask for it at once', async () => {
    const { endpoints, store } = overTable();
    const targets = await Promise.all(Array.from({ length: 8 }, () => endpoints.targetFor('initech', 'https://jobs.example.com/a')));
    expect(new Set(targets.map(({ endpointId }) => endpointId)).size).toBe(1);
    const [made, ...others] = await store.endpoints.list('initech', { withImplicit: true });
    expect([others, made.ttl]).toEqual([[], Math.ceil((START + 90 * DAY_MS) / 1000)]);
  });

  test('failure mode 21: recover goes on page by page where another was stopped', async () => {
    const { store, tasks, clock, hinted } = overTable();
    for (let n = 0; n < 230; n += 1) {
      await store.messages.create(message({ id: `msg_r${n}`, state: 'fanned-out' }));
      await store.deliveries.create(delivery({ id: `del_r${n}`, messageId: `msg_r${n}`, endpointId: 'whe_r', state: 'failed' }));
    }
    await clock.advance(1000);
    const requested = await tasks.request({ tenantId: 'acme', kind: 'recover', endpointId: 'whe_r', since: START });
    const key = { tenantId: 'acme', id: requested.type === 'queued' ? requested.task.id : '' };

    for (let turn = 0; turn < 5; turn += 1) await tasks.run(key, clock.now() + 1);

    expect(await tasks.get('acme', key.id)).toMatchObject({ state: 'succeeded', seen: 230, done: 230 });
    expect([hinted.length, new Set(hinted).size]).toEqual([230, 230]);
  });
});
