import fc from 'fast-check';
import { DynamoWebhookStore, webhookTable } from 'plinth-runtime/webhooks';
import { Dynalite } from '../../support/dynalite';
import { delivery, endpoint, gate, keyRecord, SetClock, START, storeOver, stores } from './store';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

const RACERS = 200;
const race = <T>(step: (racer: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: RACERS }, (_, racer) => step(racer)));
const won = (results: readonly boolean[]) => results.flatMap((isWon, racer) => (isWon ? [`r${racer}`] : []));

describe.each(stores)('200 at once, %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  test('make a delivery: one did, and it stands', async () => {
    const { store } = await storeOver(makeStore);

    const winners = won(await race((racer) => store.deliveries.create(delivery({ revision: `r${racer}` }))));

    expect(winners).toHaveLength(1);
    expect((await store.deliveries.read('del_1'))?.revision).toBe(winners[0]);
  });

  test('replace a gate: one did, and it stands', async () => {
    const { store } = await storeOver(makeStore);
    await store.gates.create(gate({ revision: 'first' }));

    const winners = won(await race((racer) => store.gates.replace(gate({ window: racer, revision: `r${racer}` }), 'first')));

    expect(winners).toHaveLength(1);
    expect(await store.gates.read('ep_1')).toMatchObject({ revision: winners[0], window: Number(winners[0]?.slice(1)) });
  });

  test('replace or delete an endpoint: one did either', async () => {
    const { store } = await storeOver(makeStore);
    const key = { tenantId: 'acme', id: 'ep_1' };
    await store.endpoints.create(endpoint({ revision: 'first' }));

    const winners = won(
      await race((racer) =>
        racer % 2 === 0 ? store.endpoints.delete(key, 'first') : store.endpoints.replace(endpoint({ revision: `r${racer}` }), 'first'),
      ),
    );

    expect(winners).toHaveLength(1);
    const isDeleted = Number(winners[0]?.slice(1)) % 2 === 0;
    expect((await store.endpoints.read(key))?.revision).toBe(isDeleted ? undefined : winners[0]);
  });

  test('take a key: all are told of the one who has it', async () => {
    const { store } = await storeOver(makeStore);

    const holders = await race((racer) => store.takeKey(keyRecord({ messageId: `msg_${racer}` })));

    expect(new Set(holders.map(({ messageId }) => messageId)).size).toBe(1);
    expect(await store.readKey('acme', 'key')).toEqual(holders[0]);
  });
});

/** A row as the model knows it: the revision that stands, and whether it is parked, due and failed. */
interface Known {
  readonly revision: string;
  readonly state: 'pending' | 'parked' | 'failed';
  /** The step that wrote it. */
  readonly since: number;
}

const STEPS = fc.array(
  fc.record({
    verb: fc.constantFrom('create' as const, 'replace' as const),
    id: fc.integer({ min: 0, max: 5 }),
    state: fc.constantFrom('pending' as const, 'parked' as const, 'failed' as const),
    isStale: fc.boolean(),
  }),
  { maxLength: 20 },
);

describe.each(stores)('any order of writes, %s', (_name, makeStoreOn) => {
  const makeStore = makeStoreOn(() => dynalite);

  test('leaves each row, and each list, as a map of rows says', async () => {
    await fc.assert(
      fc.asyncProperty(STEPS, async (steps) => {
        const { store, clock } = await storeOver(makeStore);
        const known = new Map<string, Known>();
        for (const [step, { verb, id: number, state, isStale }] of steps.entries()) {
          clock.time += 1;
          const id = `del_${number}`;
          const revision = `r${step}`;
          const row = delivery({
            id,
            state,
            revision,
            createdAt: START - number,
            ...(state === 'pending' && { dueAt: START - number }),
          });
          const standing = known.get(id);
          const isAllowed = verb === 'create' ? standing === undefined : standing !== undefined && !isStale;
          const written =
            verb === 'create'
              ? store.deliveries.create(row)
              : store.deliveries.replace(row, isStale ? 'stale' : (standing?.revision ?? 'none'));
          expect(await written).toBe(isAllowed);
          if (isAllowed) known.set(id, { revision, state, since: step });
        }
        const idsIn = (state?: Known['state']) =>
          [...known.entries()]
            .filter(([, row]) => state === undefined || row.state === state)
            .map(([id]) => id)
            .toSorted();
        const parkedInOrder = [...known]
          .filter(([, { state }]) => state === 'parked')
          .toSorted(([, one], [, other]) => one.since - other.since)
          .map(([id]) => id);
        const oldestFirst = (ids: string[]) => ids.toReversed();
        expect((await store.deliveries.list({ endpointId: 'ep_1', limit: 10 })).deliveries.map(({ id }) => id)).toEqual(idsIn());
        expect((await store.deliveries.list({ endpointId: 'ep_1', limit: 10, state: 'failed' })).deliveries.map(({ id }) => id)).toEqual(
          idsIn('failed'),
        );
        expect(await store.deliveries.parked('ep_1', 10)).toEqual(parkedInOrder);
        expect((await store.due(10)).map(({ id }) => id)).toEqual(oldestFirst(idsIn('pending')));
        for (const [id, { revision }] of known) expect((await store.deliveries.read(id))?.revision).toBe(revision);
      }),
      { seed: 20260101, numRuns: 6 },
    );
  });
});

describe('what DynamoDB answers', () => {
  const failingWith = (name: string) => {
    const client = { send: () => Promise.reject(Object.assign(new Error('too much at once'), { name })) };
    return new DynamoWebhookStore({ client, tableName: 'any', clock: new SetClock() });
  };

  test.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'InternalServerError', 'AccessDeniedException'])(
    'is an error of the caller when it is no failed condition: %s',
    async (name) => {
      const store = failingWith(name);

      await expect(store.deliveries.create(delivery())).rejects.toMatchObject({ name, message: 'too much at once' });
      await expect(store.gates.replace(gate(), 'r1')).rejects.toMatchObject({ name });
      await expect(store.endpoints.delete({ tenantId: 'acme', id: 'ep_1' }, 'r1')).rejects.toMatchObject({ name });
      await expect(store.takeKey(keyRecord())).rejects.toMatchObject({ name });
      await expect(store.messages.read('msg_1')).rejects.toMatchObject({ name });
      await expect(store.due(10)).rejects.toMatchObject({ name });
      await expect(store.deliveries.list({ endpointId: 'ep_1', limit: 5 })).rejects.toMatchObject({ name });
    },
  );

  test('is an error when the table is not there', async () => {
    const store = new DynamoWebhookStore({
      client: dynalite.client(),
      tableName: webhookTable('absent').TableName!,
      clock: new SetClock(),
    });

    await expect(store.messages.read('msg_1')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
