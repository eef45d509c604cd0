import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalEvent, type LocalPlatform, startLocal } from '../../../cli/src/local';
import { synthesizePlatform, temporaryFolder } from './support';

const assembly = temporaryFolder();
const kept = join(temporaryFolder(), 'kept');
const events: LocalEvent[] = [];
let platform: LocalPlatform;

beforeAll(async () => {
  synthesizePlatform(assembly);
  const environment = { PATH: process.env.PATH, OPENAI_API_KEY: 'given by the operator' };
  platform = await startLocal({ assembly, environment, data: kept, tell: (event) => void events.push(event) });
}, 60_000);

afterAll(() => platform.stop());

async function get<T>(path: string): Promise<T> {
  const response = await fetch(platform.url + path);
  const body = await response.text();
  if (!response.ok) throw new Error(body);
  return JSON.parse(body) as T;
}

const environment = async () => (await get<{ environment: { [name: string]: string } }>('/api/given')).environment;

test('REC-2.2 brings the database up by the function of the template, and serves the whole pool of the app on one backend', async () => {
  expect(await get('/api/database')).toEqual({
    who: { user: 'application', path: 'app, public', name: 'app' },
    count: 50,
    nearest: { id: 100 },
    refused: expect.stringContaining('must be owner of table items'),
    pool: { min: 10, max: 11 },
  });
});

test('tells what was changed in the database', () => {
  const what = expect.stringMatching(/^TierDatabaseBootstrapFunction\w+ of the assembly, once: [1-9]\d* changes$/);
  expect(events).toContainEqual({ event: 'runs', name: 'bootstrap', what });
});

test('gives the app the address of the database, and what is otherwise here', async () => {
  expect(await environment()).toMatchObject({
    DATABASE_HOST: '127.0.0.1',
    DATABASE_PORT: expect.stringMatching(/^\d{4,5}$/),
    DATABASE_NAME: 'app',
    DATABASE_USER: 'application',
    DATABASE_POOL_MAX: '11',
    DATABASE_TLS: 'disable',
    DATABASE_AUTH: 'password',
    DATABASE_PASSWORD: '',
  });
});

test('gives the app secrets as a first deployment would make them', async () => {
  const { INTERNAL_API_KEY, SESSION_KEY } = await environment();

  for (const key of [INTERNAL_API_KEY, SESSION_KEY])
    expect(JSON.parse(key)).toEqual({ current: expect.stringMatching(/^[a-zA-Z0-9]{64}$/) });
  expect(INTERNAL_API_KEY).not.toBe(SESSION_KEY);
});

test('takes a secret that the operator sets', async () => {
  expect((await environment()).OPENAI_API_KEY).toBe('given by the operator');
});

test('stands for the database, its secrets and their attachment, and for no replica, alarm or rotation', () => {
  const { absences } = events.find((event) => event.event === 'absent')!;
  const types = absences.map(({ type }) => type);

  expect(types).toEqual(expect.arrayContaining(['AWS::CloudWatch::Alarm', 'AWS::SecretsManager::RotationSchedule']));
  expect(types).not.toEqual(expect.arrayContaining(['AWS::RDS::DBInstance']));
  expect(types.filter((type) => /DatabaseBootstrap|SecretsManager::Secret|LayerVersion/.test(type))).toEqual([]);
});

test('keeps database and secrets in the folder that is given, for its owner alone', async () => {
  const { SESSION_KEY } = await environment();

  expect(existsSync(join(kept, 'database', 'PG_VERSION'))).toBe(true);
  expect(Object.values(JSON.parse(readFileSync(join(kept, 'secrets.json'), 'utf8')) as object)).toContain(SESSION_KEY);
  expect(statSync(join(kept, 'secrets.json')).mode & 0o077).toBe(0);
});
