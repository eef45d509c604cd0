import type { PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { deliveryId, DynamoWebhookStore, Webhooks, WebhookSweeper, webhookTable } from 'plinth-runtime/webhooks';
import { shardOf } from '../../../runtime/src/dynamo/items';
import { Dynalite } from '../../support/dynalite';
import { ManualClock } from '../../support/manual-clock';
import { throttledShards } from '../../support/throttled-shards';
import { delivery, gate, message, SetClock, START } from './store';
import { HeldHints, seeded } from './world';

const SHARDS = 64;
const HOT = 7;

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

/** Where the index has a delivery. */
const shardOfDelivery = (id: string) => shardOf(`D#${id}/delivery`, SHARDS);

/** A sweeper over a table with deliveries that are due, each since its time; and shards that can be throttled. */
async function sweeperOver(due: readonly { readonly id: string; readonly dueAt: number }[]) {
  const tableName = `hot-${due.length}`;
  await dynalite.createTable(webhookTable(tableName));
  const clock = new ManualClock({ now: START });
  const throttled = new Set<string>();
  const store = new DynamoWebhookStore({ client: throttledShards(dynalite.client(), throttled), tableName, clock });
  await Promise.all(due.map((fields) => store.deliveries.create(delivery(fields))));
  const hints = new HeldHints(clock);
  const failures: [unknown, string][] = [];
  const sweeper = new WebhookSweeper({
    webhooks: new Webhooks({ store, messages: hints, clock }),
    onFailure: (row, error) => failures.push([row, String(error)]),
  });
  const hinted = () => hints.held.splice(0).flatMap(({ hint }) => (hint.type === 'deliver' ? hint.deliveryId : []));
  const sweep = () => sweeper.sweep(START + 50_000);
  return { store, throttled, sweep, hinted, failures };
}

const named = (count: number) => Array.from({ length: count }, (_, at) => `del_${at}`);

describe('failure mode 28: a hot shard of the index of what is due', () => {
  test('that is throttled holds up none of the others: they are swept, it is told of, and it is swept when it answers', async () => {
    const ids = named(200);
    const ofHot = ids.filter((id) => shardOfDelivery(id) === HOT);
    expect(ofHot.length).toBeGreaterThan(0);
    const { store, throttled, sweep, hinted, failures } = await sweeperOver(ids.map((id) => ({ id, dueAt: START - 1000 })));
    throttled.add(`DUE#${HOT}`);

    expect(await sweep()).toMatchObject({ delivery: 200 - ofHot.length, failed: 1, isCut: false });
    expect(hinted().toSorted()).toEqual(ids.filter((id) => !ofHot.includes(id)).toSorted());
    expect(failures).toEqual([[undefined, expect.stringContaining(`too much of DUE#${HOT}`)]]);
    // Of what could be read, nothing is due any more.
    expect(await store.oldestDue()).toBeUndefined();
    throttled.clear();
    expect(await store.oldestDue()).toBe(START - 1000);
    expect(await sweep()).toMatchObject({ delivery: ofHot.length, failed: 0 });
    expect(hinted().toSorted()).toEqual(ofHot.toSorted());
  });

  test('that is one of all, the table being away, fails the run', async () => {
    const { throttled, sweep } = await sweeperOver([]);
    for (let shard = 0; shard < SHARDS; shard += 1) throttled.add(`DUE#${shard}`);

    await expect(sweep()).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  });

  test('that holds far more, and older, than the others leaves them their place in the first batch', async () => {
    const full = named(20_000)
      .filter((id) => shardOfDelivery(id) === HOT)
      .slice(0, 250);
    const others = named(400)
      .filter((id) => shardOfDelivery(id) !== HOT)
      .slice(0, 100);
    const rows = [...full.map((id, at) => ({ id, dueAt: START - 90_000 + at })), ...others.map((id) => ({ id, dueAt: START - 10 }))];
    const { store, sweep, hinted } = await sweeperOver(rows);

    const first = (await store.due(160)).map(({ id }) => id);
    expect(first).toEqual(expect.arrayContaining(others));
    expect(first.filter((id) => full.includes(id)).length).toBeGreaterThan(0);
    expect(await sweep()).toMatchObject({ delivery: 350, failed: 0 });
    expect(new Set(hinted()).size).toBe(350);
  });

  test('is not made by the ids: rows of each kind spread evenly', async () => {
    const written: string[] = [];
    const send = async ({ input }: { readonly input: PutItemCommandInput }) => {
      written.push(input.Item?.due_shard?.S ?? '');
      return {};
    };
    const client = { send } as unknown as ConstructorParameters<typeof DynamoWebhookStore>[0]['client'];
    const store = new DynamoWebhookStore({ client, tableName: 'any', clock: new SetClock() });
    const random = seeded();
    const token = () => Math.floor(random() * 2 ** 32).toString(36);
    const kinds = {
      messages: () => store.messages.create(message({ id: `msg_${token()}`, dueAt: START })),
      // Of one message to many endpoints, as a fan-out makes them.
      deliveries: () => store.deliveries.create(delivery({ id: deliveryId('msg_1', `whe_${token()}`), dueAt: START })),
      gates: () => store.gates.create(gate({ endpointId: `whe_${token()}`, dueAt: START })),
    };
    for (const create of Object.values(kinds)) {
      written.splice(0);
      for (let row = 0; row < 100 * SHARDS; row += 1) await create();
      const counts = Array.from({ length: SHARDS }, (_, shard) => written.filter((name) => name === `DUE#${shard}`).length);
      expect(counts.reduce((sum, count) => sum + count)).toBe(100 * SHARDS);
      expect(Math.min(...counts)).toBeGreaterThan(60);
      expect(Math.max(...counts)).toBeLessThan(145);
    }
  });
});
