import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashOf, keyIdOf, MemoryApiKeyStore } from 'plinth-runtime/access';
import { keysCommand } from '../../../cli/src/keys/command';
import { runProgram } from '../../../cli/src/program';
import { SnapshotFault } from '../../../cli/src/snapshot/take';

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

const keyTable = {
  Type: 'AWS::DynamoDB::Table',
  Properties: { KeySchema: [{ AttributeName: 'key_id', KeyType: 'HASH' }], GlobalSecondaryIndexes: [{ IndexName: 'by-tenant' }] },
};
const jobTable = {
  Type: 'AWS::DynamoDB::Table',
  Properties: { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }], GlobalSecondaryIndexes: [{ IndexName: 'by-tenant' }] },
};

/** An assembly of one stage, `production`. */
function assembly(
  resources: { readonly [id: string]: { Type: string; Properties: object } },
  environment = 'aws://333333333333/eu-west-1',
) {
  const directory = join(mkdtempSync(join(tmpdir(), 'plinth-keys-')), 'cdk.out');
  mkdirSync(directory);
  const tagged = Object.entries(resources).map(([id, { Type, Properties }]) => [
    id,
    { Type, Properties: { ...Properties, Tags: [{ Key: 'environment', Value: 'production' }] } },
  ]);
  const artifact = { type: 'aws:cloudformation:stack', environment, properties: { templateFile: 'S.json', stackName: 'production-Data' } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts: { S: artifact } }));
  writeFileSync(join(directory, 'S.json'), JSON.stringify({ Resources: Object.fromEntries(tagged) }));
  return directory;
}

const one = assembly({ Keys: keyTable, Jobs: jobTable });

/** The program over a store in memory; what was asked of the account, in order. */
function setup({ account = '333333333333', fault }: { account?: string; fault?: Error } = {}) {
  const store = new MemoryApiKeyStore();
  const asked: string[] = [];
  const command = keysCommand({
    cloud: async (region) => {
      asked.push(region);
      return {
        caller: async () => ({ account, arn: 'arn:aws:iam::333333333333:user/anna' }),
        physicalId: async (stack, id) => {
          if (fault) throw fault;
          return `${stack}/${id}`;
        },
      };
    },
    store: async (region, tableName) => {
      asked.push(`${region} ${tableName}`);
      return store;
    },
    now: () => NOW,
  });
  const plinth = async (...args: string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const assemblyArgs = args.includes('--assembly') ? [] : ['--assembly', one];
    const code = await runProgram(['keys', ...args, '--stage', 'production', ...assemblyArgs], {
      commands: [command],
      directory: '/',
      environment: {},
      out: (line) => out.push(line),
      err: (line) => err.push(line),
    });
    return { code, out, err };
  };
  const created = async (...args: string[]) => {
    const { out } = await plinth('create', '--tenant', 'acme', ...args);
    return { key: out[0], keyId: keyIdOf(out[0]) ?? '' };
  };
  return { store, asked, plinth, created };
}

test('creates a key in the table of the deployed stage and prints it once', async () => {
  const { plinth, store, asked } = setup();

  const { code, out } = await plinth('create', '--tenant', 'acme', '--scopes', 'api,jobs', '--tier', 'pro', '--expires-days', '30');

  const keyId = keyIdOf(out[0]) ?? '';
  expect(code).toBe(0);
  expect(asked).toEqual(['eu-west-1', 'eu-west-1 production-Data/Keys']);
  expect(out.slice(1)).toEqual([
    `id ${keyId}, tenant acme, tier pro, scopes api,jobs, until 2026-01-31T00:00:00.000Z`,
    'It is not shown again.',
  ]);
  expect(await store.get(keyId)).toMatchObject({ hash: hashOf(out[0]), expiresAt: NOW + 30 * DAY_MS });
});

test('creates a key of the scope api and the tier free without an end, unless it is told otherwise', async () => {
  const { created, store } = setup();

  const { keyId } = await created();

  expect(await store.get(keyId)).toMatchObject({ scopes: ['api'], tier: 'free' });
  expect((await store.get(keyId))?.expiresAt).toBeUndefined();
});

test('rotates a key: a new secret, and the old one for a day or what is asked for', async () => {
  const { created, plinth, store } = setup();
  const { key, keyId } = await created();

  const { code, out } = await plinth('rotate', keyId, '--overlap-hours', '48');

  expect(code).toBe(0);
  expect(out).toContain('the key before is good until 2026-01-03T00:00:00.000Z');
  expect(await store.get(keyId)).toMatchObject({ hash: hashOf(out[0]), previousHash: hashOf(key), previousUntil: NOW + 2 * DAY_MS });
  expect((await plinth('rotate', keyId)).out).toContain('the key before is good until 2026-01-02T00:00:00.000Z');
});

test('revokes a key, and lists what there is without any key', async () => {
  const { created, plinth } = setup();
  const first = await created('--scopes', 'api,read');
  const second = await created();

  const revoked = await plinth('revoke', first.keyId);
  const { code, out } = await plinth('list', '--tenant', 'acme');

  expect(revoked).toMatchObject({ code: 0, out: [`${first.keyId}: revoked; it opens nothing after 60 seconds`] });
  expect(code).toBe(0);
  expect(out.toSorted()).toEqual(
    [`${first.keyId}  revoked   free        api,read`, `${second.keyId}  good      free        api`].toSorted(),
  );
  expect(out.join('\n')).not.toContain('plk_');
});

test('lists every page of a tenant, and nobody else', async () => {
  const { plinth, store } = setup();
  for (let at = 0; at < 205; at += 1) {
    const keyId = `key${String(at).padStart(3, '0')}`;
    await store.create({ keyId, tenantId: at === 0 ? 'other' : 'acme', scopes: ['api'], tier: 'free', hash: '', createdAt: NOW });
  }

  const { out } = await plinth('list', '--tenant', 'acme');

  expect(out).toHaveLength(204);
  expect((await plinth('list', '--tenant', 'nobody')).out).toEqual(['no keys']);
});

test('prints JSON alone', async () => {
  const { plinth } = setup();

  const { out } = await plinth('create', '--tenant', 'acme', '--json');
  const created = JSON.parse(out.join('\n')) as { key: string; key_id: string };
  const listed = JSON.parse((await plinth('list', '--tenant', 'acme', '--json')).out.join('\n')) as object;

  expect(created).toMatchObject({ key_id: keyIdOf(created.key), tenant: 'acme', created_at: '2026-01-01T00:00:00.000Z' });
  expect(listed).toEqual({
    keys: [
      { key_id: created.key_id, tenant: 'acme', scopes: ['api'], tier: 'free', created_at: '2026-01-01T00:00:00.000Z', state: 'good' },
    ],
  });
});

test.each([
  ['no action', [], 'plinth keys: ACTION must be one of create, rotate, revoke, list, got nothing'],
  ['another action', ['delete'], 'plinth keys: ACTION must be one of create, rotate, revoke, list, got delete'],
  ['rotating nothing', ['rotate'], 'plinth keys: KEY_ID must be given with rotate, got nothing'],
  ['creating with an id', ['create', 'abc', '--tenant', 'a'], 'plinth keys: KEY_ID must be left out with create, got abc'],
  ['no tenant', ['create'], 'plinth keys: --tenant must be given, got nothing'],
  ['a flag of another action', ['revoke', 'abc', '--tier', 'pro'], 'plinth keys: --tier must be left out with revoke, got pro'],
  [
    'an unknown scope',
    ['create', '--tenant', 'a', '--scopes', 'api,all'],
    'plinth keys: --scopes must be of api, jobs, webhooks, read, admin, on-behalf-of, separated by commas, got all',
  ],
  [
    'an unknown tier',
    ['create', '--tenant', 'a', '--tier', 'gold'],
    'plinth keys: --tier must be one of free, starter, pro, business, enterprise, got gold',
  ],
  [
    'no day',
    ['create', '--tenant', 'a', '--expires-days', '0'],
    'plinth keys: --expires-days must be a whole number from 1 to 3650, got 0',
  ],
  [
    'too long an overlap',
    ['rotate', 'abc', '--overlap-hours', '721'],
    'plinth keys: --overlap-hours must be a whole number from 0 to 720, got 721',
  ],
  [
    'a tenant that is no name',
    ['create', '--tenant', 'a b'],
    'plinth keys: the tenant must match ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$, got "a b"; rename it',
  ],
  [
    'a stage without a table of keys',
    ['list', '--tenant', 'a', '--assembly', assembly({ Jobs: jobTable })],
    'plinth keys: production must have one table of API keys, found none; give the platform `access`',
  ],
  [
    'two tables of keys',
    ['list', '--tenant', 'a', '--assembly', assembly({ One: keyTable, Two: keyTable })],
    'plinth keys: production must have one table of API keys, found One, Two; give the platform `access`',
  ],
  [
    'no region',
    ['list', '--tenant', 'a', '--assembly', assembly({ Keys: keyTable }, 'aws://unknown-account/unknown-region')],
    'plinth keys: AWS_REGION must be set, as production is not synthesized for a region, got nothing',
  ],
])('is misuse with %s', async (_name, args, message) => {
  expect(await setup().plinth(...args)).toEqual({ code: 2, out: [], err: [message] });
});

test('is misuse for another stage', async () => {
  const err: string[] = [];
  const command = keysCommand({ cloud: jest.fn(), store: jest.fn(), now: () => NOW });
  const code = await runProgram(['keys', 'list', '--tenant', 'a', '--stage', 'qa', '--assembly', one], {
    commands: [command],
    directory: '/',
    environment: {},
    out: () => undefined,
    err: (line) => err.push(line),
  });
  expect([code, ...err]).toEqual([2, 'plinth keys: --stage must be one of the assembly (production), got qa']);
});

test('writes nothing with the credentials of another account', async () => {
  const { plinth, asked } = setup({ account: '999999999999' });

  const { code, err } = await plinth('create', '--tenant', 'acme');

  expect(code).toBe(2);
  expect(err[0]).toContain('plinth keys: the credentials must be of account 333333333333, where production runs, got 999999999999');
  expect(asked).toEqual(['eu-west-1']);
});

test.each([
  ['rotate', 'plinth keys: nobody must be the id of a key, got none of that id; see the list'],
  ['revoke', 'plinth keys: nobody must be the id of a key, got none of that id; see the list'],
])('exits 1 when there is no key to %s', async (action, message) => {
  expect(await setup().plinth(action, 'nobody')).toEqual({ code: 1, out: [message], err: [] });
});

test('exits 1 with what AWS answered, as JSON if it is asked for', async () => {
  const refusal = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException', $metadata: {} });
  const { plinth, store } = setup();
  store.list = async () => Promise.reject(refusal);

  expect(await plinth('list', '--tenant', 'a')).toMatchObject({
    code: 1,
    out: ['plinth keys: the table must answer, got AccessDeniedException: not authorized'],
  });
  const deployed = setup({ fault: new SnapshotFault('Keys of production-Data must be deployed') });
  const { code, out } = await deployed.plinth('list', '--tenant', 'a', '--json');
  expect([code, JSON.parse(out.join('\n'))]).toEqual([1, { error: 'Keys of production-Data must be deployed' }]);
});
