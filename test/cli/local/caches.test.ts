import { once } from 'node:events';
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import type { LocalEvent } from '../../../cli/src/local';
import { startCaches } from '../../../cli/src/local/cache/caches';
import { redisConfig } from '../../../cli/src/local/cache/redis-config';
import { redisAddress } from '../../../cli/src/local/cache/redis-url';
import { DeployedValues } from '../../../cli/src/local/model/deployed-values';
import { StageModel } from '../../../cli/src/local/model/stage-model';
import { changesFor, type ScopedChanges } from '../../../cli/src/local/process/container';
import { Run } from '../../../cli/src/local/process/run';
import { SecretStore } from '../../../cli/src/local/secrets/secret-store';
import { describeWithRedis } from '../../support/redis';

const group = { 'Fn::GetAtt': ['Cache', 'PrimaryEndPoint.Address'] };
const template = {
  Resources: {
    Cache: { Type: 'AWS::ElastiCache::ReplicationGroup', Properties: { UserGroupIds: [{ Ref: 'Users' }] } },
    Users: { Type: 'AWS::ElastiCache::UserGroup', Properties: { UserIds: [{ Ref: 'App' }, { Ref: 'Default' }] } },
    App: {
      Type: 'AWS::ElastiCache::User',
      Properties: {
        UserName: 'app',
        AccessString: 'on ~* &* +@all -@admin -@dangerous',
        Passwords: [{ 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Secret' }, ':SecretString:password::}}']] }],
      },
    },
    Default: { Type: 'AWS::ElastiCache::User', Properties: { UserName: 'default', AccessString: 'off -@all' } },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: '{"password":"pass\\"word"}' } },
    Unused: { Type: 'AWS::ElastiCache::ReplicationGroup' },
  },
};

function setUp(operator: { readonly [name: string]: string | undefined }) {
  const model = new StageModel({
    name: 'dev',
    stacks: [{ id: 'Data', stackName: 'dev-Data', account: '111111111111', region: 'eu-west-1', file: '', template }],
  });
  const events: LocalEvent[] = [];
  const tell = (event: LocalEvent) => void events.push(event);
  const run = new Run(tell);
  const secrets = new SecretStore(model, () => 0);
  const values = new DeployedValues(model);
  for (const { resource, arn } of secrets.all()) values.set(resource, 'Ref', arn);
  const container = {
    name: 'app',
    task: { ...model.resources[0] },
    environment: [
      { Name: 'RESULT_CACHE_HOST', Value: group },
      { Name: 'RESULT_CACHE_PORT', Value: '6379' },
      { Name: 'RESULT_CACHE_USER', Value: 'app' },
      { Name: 'OTHER', Value: 'x' },
    ],
    secrets: [{ Name: 'RESULT_CACHE_PASSWORD', ValueFrom: 'x' }],
    image: '',
    stopTimeoutMs: 0,
  };
  const started = startCaches([container], { model, values, secrets, run, base: { PATH: process.env.PATH ?? '' }, operator, tell });
  const changes = started.then((scoped: readonly ScopedChanges[]) =>
    changesFor(
      container.environment.map(({ Name }) => Name),
      scoped,
    ),
  );
  return { changes, run, model, events };
}

const absent = ({ model }: { model: StageModel }) => model.absences().map(({ type, count }) => `${count} ${type}`);

describe('without a server on the PATH', () => {
  test('tells the app of no cache, and says so', async () => {
    const { changes, events, model } = setUp({ PATH: '/nowhere' });

    expect(await changes).toEqual({
      omit: ['RESULT_CACHE_HOST', 'RESULT_CACHE_PORT', 'RESULT_CACHE_USER', 'RESULT_CACHE_PASSWORD'],
      set: {},
    });
    expect(events).toEqual([
      {
        event: 'runs',
        name: 'cache',
        what: 'RESULT_CACHE: the store in the process of the app, as no valkey-server or redis-server is on the PATH',
      },
    ]);
    expect(absent({ model })).toContain('2 AWS::ElastiCache::ReplicationGroup');
  });
});

describe('REDIS_URL', () => {
  test('stands for the cache, with the login that it names', async () => {
    const { changes } = setUp({ REDIS_URL: 'redis://me:s%40fe@127.0.0.1:7000' });

    expect(await changes).toEqual({
      omit: [],
      set: {
        RESULT_CACHE_HOST: '127.0.0.1',
        RESULT_CACHE_PORT: '7000',
        RESULT_CACHE_USER: 'me',
        RESULT_CACHE_PASSWORD: 's@fe',
        RESULT_CACHE_CLUSTER: 'false',
        RESULT_CACHE_TLS: 'disable',
      },
    });
  });

  test('takes the login of the template away when it names none', async () => {
    expect(await setUp({ REDIS_URL: 'redis://localhost' }).changes).toMatchObject({
      omit: ['RESULT_CACHE_USER', 'RESULT_CACHE_PASSWORD'],
      set: { RESULT_CACHE_PORT: '6379' },
    });
  });

  test('may be elsewhere by TLS', () => {
    expect(redisAddress('rediss://cache.example.com')).toMatchObject({ host: 'cache.example.com', tls: true });
  });

  test.each([
    ['cache', 'REDIS_URL must be redis://HOST:PORT or rediss://HOST:PORT, got no URL; correct it or leave it out'],
    ['http://localhost', 'REDIS_URL must be redis://HOST:PORT or rediss://HOST:PORT, got http://; correct it or leave it out'],
    [
      'redis://:secret@cache.example.com',
      'REDIS_URL must be rediss:// for a host that is not this machine, got redis://cache.example.com; correct it or leave it out',
    ],
  ])('is refused as %s', (url, message) => {
    expect(() => redisAddress(url)).toThrow(`plinth local: ${message}`);
  });
});

test('writes users and quoted passwords into the configuration', () => {
  expect(redisConfig(7000, [{ name: 'app', access: 'on ~*', passwords: ['a"b\\c'] }])).toBe(
    'port 7000\nbind 127.0.0.1\nsave ""\nappendonly no\nuser app on ~* ">a\\"b\\\\c"\n',
  );
});

describeWithRedis('a server of the machine', () => {
  test('lets in who the template lets in, to what it allows', async () => {
    const { changes, run, model } = setUp({ PATH: process.env.PATH });
    const { set } = await changes;
    const at = { host: set.RESULT_CACHE_HOST, port: Number(set.RESULT_CACHE_PORT), retryStrategy: () => null };
    const app = new Redis({ ...at, enableReadyCheck: false, username: 'app', password: 'pass"word' });
    const stranger = connect(at.port, at.host);
    stranger.write('GET key\r\n');

    expect(await app.set('key', 'value')).toBe('OK');
    await expect(app.flushall()).rejects.toThrow("NOPERM this user has no permissions to run the 'flushall' command");
    const [refusal] = (await once(stranger, 'data')) as [Buffer];
    expect(refusal.toString()).toBe('-NOAUTH Authentication required.\r\n');
    expect(set).toMatchObject({ RESULT_CACHE_CLUSTER: 'false', RESULT_CACHE_TLS: 'disable' });
    expect(set).not.toHaveProperty('RESULT_CACHE_PASSWORD');
    expect(absent({ model })).toEqual(['1 AWS::ElastiCache::ReplicationGroup']);

    app.disconnect();
    stranger.destroy();
    await run.stop();
  });
});
