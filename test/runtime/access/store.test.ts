import { type ApiKey, type ApiKeyStore, apiKeyTable, DynamoApiKeyStore, KEPT_AFTER_END_MS, MemoryApiKeyStore } from 'plinth-runtime/access';
import { Dynalite } from '../../support/dynalite';

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await Dynalite.start();
});
afterAll(() => dynalite?.stop());

let tables = 0;
const stores: [string, () => Promise<ApiKeyStore>][] = [
  ['in memory', async () => new MemoryApiKeyStore()],
  [
    'in DynamoDB',
    async () => {
      const tableName = `keys-${(tables += 1)}`;
      await dynalite.createTable(apiKeyTable(tableName));
      return new DynamoApiKeyStore({ client: dynalite.client(), tableName });
    },
  ],
];

const NOW = Date.UTC(2026, 0, 1);
const hash = (letter: string) => letter.repeat(64);
const key = (fields: Partial<ApiKey> = {}): ApiKey => ({
  keyId: 'abcdefgh12345678',
  tenantId: 'acme',
  scopes: ['api', 'jobs'],
  tier: 'pro',
  hash: hash('a'),
  createdAt: NOW,
  ...fields,
});

describe.each(stores)('API keys %s', (_name, makeStore) => {
  let store: ApiKeyStore;
  beforeEach(async () => {
    store = await makeStore();
  });

  test('are read as they were written', async () => {
    const whole = key({ expiresAt: NOW + 1000 });
    expect(await store.create(whole)).toBe(true);
    expect(await store.get(whole.keyId)).toEqual(whole);
  });

  test('are nothing under an id that is not there', async () => {
    expect(await store.get('nobody')).toBeUndefined();
  });

  test('are made once', async () => {
    await store.create(key());
    expect(await store.create(key({ tenantId: 'other' }))).toBe(false);
    expect(await store.get(key().keyId)).toMatchObject({ tenantId: 'acme' });
  });

  test('rotate: the replaced hash is kept with its end', async () => {
    await store.create(key());
    const rotation = { hash: hash('b'), replaces: hash('a'), at: NOW + 5, previousUntil: NOW + 100 };
    expect(await store.rotate(key().keyId, rotation)).toBe(true);
    expect(await store.get(key().keyId)).toEqual(
      key({ hash: hash('b'), previousHash: hash('a'), previousUntil: NOW + 100, rotatedAt: NOW + 5 }),
    );
  });

  test('rotate once of two at the same time', async () => {
    await store.create(key());
    const rotate = (letter: string) =>
      store.rotate(key().keyId, { hash: hash(letter), replaces: hash('a'), at: NOW, previousUntil: NOW + 100 });
    expect((await Promise.all([rotate('b'), rotate('c')])).toSorted()).toEqual([false, true]);
  });

  test.each([
    ['revoked', async () => void (await store.revoke(key().keyId, NOW)), key().keyId],
    ['unknown', async () => undefined, 'nobody'],
  ])('do not rotate when %s', async (_case, prepare, keyId) => {
    await store.create(key());
    await prepare();
    expect(await store.rotate(keyId, { hash: hash('b'), replaces: hash('a'), at: NOW, previousUntil: NOW })).toBe(false);
  });

  test('are revoked once: a second time changes nothing', async () => {
    await store.create(key());
    expect(await store.revoke(key().keyId, NOW + 1)).toBe(true);
    expect(await store.revoke(key().keyId, NOW + 2)).toBe(true);
    expect(await store.get(key().keyId)).toMatchObject({ revokedAt: NOW + 1 });
  });

  test('are not revoked when they are not there, and none is made', async () => {
    expect(await store.revoke('nobody', NOW)).toBe(false);
    expect(await store.get('nobody')).toBeUndefined();
  });

  test('are listed by tenant, in pages, without a hash', async () => {
    for (const keyId of ['a1', 'a2', 'a3']) await store.create(key({ keyId }));
    await store.create(key({ keyId: 'a4', tenantId: 'other' }));

    const first = await store.list({ tenantId: 'acme', limit: 2 });
    const second = await store.list({ tenantId: 'acme', limit: 2, after: first.next });

    expect(first.keys.map(({ keyId }) => keyId)).toEqual(['a1', 'a2']);
    expect(second.keys.map(({ keyId }) => keyId)).toEqual(['a3']);
    expect(second.next).toBeUndefined();
    expect(JSON.stringify([first, second])).not.toContain(hash('a'));
    expect(second.keys[0]).toEqual({ keyId: 'a3', tenantId: 'acme', scopes: ['api', 'jobs'], tier: 'pro', createdAt: NOW });
  });
});

describe('the table of API keys', () => {
  test('is never scanned, and every write of it is conditional', async () => {
    const writes = dynalite.commands.filter(({ name }) => name === 'PutItemCommand' || name === 'UpdateItemCommand');
    expect(writes.length).toBeGreaterThan(5);
    expect(writes.filter(({ input }) => input.ConditionExpression === undefined)).toEqual([]);
    expect(dynalite.commands.map(({ name }) => name)).not.toContain('ScanCommand');
  });

  test('drops a key 90 days after it ended, and none without an end', async () => {
    const tableName = 'keys-ttl';
    await dynalite.createTable(apiKeyTable(tableName));
    const store = new DynamoApiKeyStore({ client: dynalite.client(), tableName });
    await store.create(key({ keyId: 'ends', expiresAt: NOW }));
    await store.create(key({ keyId: 'stays' }));
    const ttls = dynalite.commands.slice(-2).map(({ input }) => input.Item?.ttl?.N);
    expect(ttls).toEqual([String((NOW + KEPT_AFTER_END_MS) / 1000), undefined]);
  });

  test('opens nothing by a scope or tier that is not known', async () => {
    const tableName = 'keys-newer';
    await dynalite.createTable(apiKeyTable(tableName));
    const store = new DynamoApiKeyStore({ client: dynalite.client(), tableName });
    await store.create(key({ scopes: ['api', 'everything' as never], tier: 'infinite' as never }));
    expect(await store.get(key().keyId)).toMatchObject({ scopes: ['api'], tier: 'free' });
  });
});
