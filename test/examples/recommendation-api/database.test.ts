import { readFileSync } from 'node:fs';
import { createLogger } from 'plinth-runtime';
import { vectorTable } from 'plinth-runtime/vector-search';
import { compose } from '../../../examples/recommendation-api/service/compose';
import type { Pglite } from '../../support/pglite';
import { BAD_REQUESTS, SQL, withText } from './bad-requests';
import { databaseEnvironment, MIGRATION, startDatabase, statements } from './database';
import { ready, type Running, SESSION_KEY, someCategories, startService, stopServices } from './running';

let database: Pglite;
let api: Running;

function start(file = someCategories): Promise<Running> {
  const environment = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', SESSION_KEY, ...databaseEnvironment(database) };
  return startService(compose(environment, file, createLogger({ service: 'test', write: () => {} })));
}

/** Starts it, waits until everything is stored, and stops it. */
async function startAndStop(file = someCategories): Promise<void> {
  const { service } = await ready(await start(file));
  await service.stop();
}

beforeAll(async () => {
  database = await startDatabase();
  api = await ready(await start());
}, 60_000);
afterAll(async () => {
  await stopServices();
  await database?.stop();
});

async function rows(): Promise<{ readonly rows: number; readonly changed: string }> {
  const sql = "SELECT count(*)::int AS rows, coalesce(max(updated_at)::text, '') AS changed FROM app.categories";
  const [found] = await database.query<{ rows: number; changed: string }>(sql);
  return found;
}

test('the migration makes the vector table of the runtime', () => {
  expect(statements()).toEqual(vectorTable('categories'));
  expect(readFileSync(MIGRATION, 'utf8').endsWith(';\n')).toBe(true);
});

test('REC-2.3 recommends what is closest in the database', async () => {
  const response = await api.recommend({ text: 'we cut our carbon emissions', limit: 2 });
  const { recommendations } = (await response.json()) as { recommendations: readonly { id: string; score: number }[] };

  expect(recommendations.map(({ id }) => id.replace(/-of-the-year.*/, ''))).toEqual(['climate-action', 'climate-action']);
  expect(recommendations[0].score).toBeGreaterThan(recommendations[1].score);
});

test('recommends from what a filter holds', async () => {
  const filter = { group: 'Sales', program: 'Customer and Sales Awards', taxonomies: ['sales'], createdAfter: '2020-01-01T00:00:00Z' };
  const { recommendations } = (await (await api.recommend({ text: 'the best', limit: 50, filter })).json()) as {
    recommendations: readonly { group: string }[];
  };

  expect(recommendations.map(({ group }) => group)).toEqual(someCategories.filter(({ group }) => group === 'Sales').map(() => 'Sales'));
});

test('lists and answers categories as the file has them', async () => {
  const { categories } = (await (await api.request('/api/categories?limit=100')).json()) as { categories: readonly { id: string }[] };
  const { id, name, taxonomies } = someCategories[0];

  expect(categories.map((category) => category.id)).toEqual(someCategories.map((category) => category.id).toSorted());
  expect(await (await api.request(`/api/categories/${id}`)).json()).toMatchObject({ id, name, taxonomies });
});

test('refuses what is bad before the database hears of it, and writes nothing', async () => {
  const before = await rows();
  const answers = await Promise.all(
    BAD_REQUESTS.filter(({ init }) => !(init.body instanceof ReadableStream)).map(async ({ name, path, init, status }) => {
      return [name, (await api.request(path, init)).status, status] as const;
    }),
  );

  expect(answers.filter(([, status, expected]) => status !== expected)).toEqual([]);
  expect(await rows()).toEqual(before);
});

test.each([...SQL, '\u{1F600}', "it's", '"', '\\', '%', '_', 'a'.repeat(100)])(
  'takes %s as text in every field, and writes nothing',
  async (text) => {
    const before = await rows();
    const statuses = await Promise.all(withText(text).map(async ({ path, init }) => (await api.request(path, init)).status));

    expect(statuses).toEqual([200, 200]);
    expect(await rows()).toEqual(before);
  },
);

test('writes nothing when it starts again', async () => {
  const before = await rows();
  await startAndStop();

  expect(await rows()).toEqual(before);
});

test('two tasks that start at once store every category once', async () => {
  await database.query('TRUNCATE app.categories');
  await Promise.all([startAndStop(), startAndStop()]);

  expect((await rows()).rows).toBe(someCategories.length);
});

test('stores a changed category anew and leaves the others', async () => {
  const before = await database.query<{ id: string; updated_at: Date }>('SELECT id, updated_at FROM app.categories ORDER BY id');
  await startAndStop(someCategories.map((category, at) => (at === 5 ? { ...category, description: 'For another reason.' } : category)));
  const after = await database.query<{ id: string; updated_at: Date }>('SELECT id, updated_at FROM app.categories ORDER BY id');
  const changed = after.filter(({ updated_at }, at) => updated_at.getTime() !== before[at].updated_at.getTime());

  expect(changed.map(({ id }) => id)).toEqual([someCategories[5].id]);
});
