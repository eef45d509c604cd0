import { createLogger } from 'plinth-runtime';
import { Database, databaseConfig } from 'plinth-runtime/database';
import { LocalEmbedder } from 'plinth-runtime/provider';
import { Deadline, systemClock } from 'plinth-runtime/resilience';
import { VectorSearch } from 'plinth-runtime/vector-search';
import { relevanceOf } from '../../../examples/recommendation-api/data/relevance';
import { CategoriesPostgres } from '../../../examples/recommendation-api/service/categories-postgres';
import { compose } from '../../../examples/recommendation-api/service/compose';
import { seed } from '../../../examples/recommendation-api/service/seeding';
import type { Pglite } from '../../support/pglite';
import { databaseEnvironment, startDatabase } from './database';
import { allCategories, ready, type Running, SESSION_KEY, startService, stopServices } from './running';

const embedder = new LocalEmbedder();
const logger = createLogger({ service: 'test', write: () => {} });

let server: Pglite;
let database: Database;
let vectors: VectorSearch;
let api: Running;

beforeAll(async () => {
  server = await startDatabase();
  // Every category is compared: building the index would take longer than the tests, and find nothing more.
  await server.query('DROP INDEX app.categories_embedding');
  database = Database.open(databaseConfig(databaseEnvironment(server)));
  vectors = new VectorSearch({ database, table: 'categories' });
  await seed({ categories: new CategoriesPostgres(database, vectors), file: allCategories, embedder, clock: systemClock, logger });
  const environment = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', SESSION_KEY, ...databaseEnvironment(server) };
  api = await ready(await startService(compose(environment, allCategories, logger)));
}, 120_000);
afterAll(async () => {
  await stopServices();
  await database?.close();
  await server?.stop();
});

async function embedding(text: string): Promise<readonly number[]> {
  return (await embedder.embed([text], { deadline: Deadline.after(1_000, systemClock) })).embeddings[0];
}

test('the category that a question is about is among the first ten of nine in ten, and first of most', async () => {
  const found = await relevanceOf(async (text) => vectors.nearest({ embedding: await embedding(text), limit: 10 }));

  expect(found.inTen).toBeGreaterThanOrEqual(0.88);
  expect(found.meanReciprocalRank).toBeGreaterThanOrEqual(0.79);
});

test('words beside vectors find no more that is worth a second query', async () => {
  const alone = await relevanceOf(async (text) => vectors.nearest({ embedding: await embedding(text), limit: 10 }));
  const both = await relevanceOf(async (text) => vectors.hybrid({ embedding: await embedding(text), query: text, limit: 10 }));

  expect(both.inTen - alone.inTen).toBeLessThan(0.05);
  expect(both.meanReciprocalRank - alone.meanReciprocalRank).toBeLessThan(0.05);
});

/** The middle of the times that some work takes, in the best of three rounds: other load of the machine only adds to it. */
async function medianOf(times: number, work: (at: number) => Promise<void>): Promise<number> {
  const medians: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const taken: number[] = [];
    for (let at = 0; at < times; at += 1) {
      const startedAt = performance.now();
      await work(round * times + at);
      taken.push(performance.now() - startedAt);
    }
    medians.push(taken.toSorted((one, other) => one - other)[Math.floor(times / 2)]);
  }
  return Math.min(...medians);
}

/** A request that no earlier answer serves. */
const missed = (send: (at: number) => Promise<Response>) => async (at: number) => {
  const response = await send(at);
  await response.arrayBuffer();
  expect([response.status, response.headers.get('x-cache')]).toEqual([200, 'MISS']);
};

test('REC-2.12 searches 1,348 categories in under 100 ms', async () => {
  expect(
    await medianOf(
      11,
      missed((at) => api.recommend({ text: `an award for a sales team, number ${at}` })),
    ),
  ).toBeLessThan(100);
});

test('REC-2.12 answers other queries in under 50 ms', async () => {
  expect(
    await medianOf(
      11,
      missed((at) => api.request(`/api/categories/${allCategories[at * 40].id}`)),
    ),
  ).toBeLessThan(50);
  expect(
    await medianOf(
      11,
      missed((at) => api.request(`/api/categories?limit=${20 + at}`)),
    ),
  ).toBeLessThan(50);
});

test('REC-12.4 answers simple queries in under 50 ms, and joins in under 200 ms', async () => {
  const simple = `SELECT id, metadata FROM app.categories WHERE id = '${allCategories[700].id}'`;
  const join = `SELECT one.id, count(*) FROM app.categories one JOIN app.categories other
     ON one.metadata->>'group' = other.metadata->>'group' AND one.id <> other.id
     GROUP BY one.id ORDER BY count(*) DESC, one.id LIMIT 10`;

  const query = (text: string) => async () => expect((await database.read.query(text)).length).toBeGreaterThan(0);

  expect(await medianOf(11, query(simple))).toBeLessThan(50);
  expect(await medianOf(3, query(join))).toBeLessThan(200);
});

test('REC-12.4 searches vectors in under 100 ms', async () => {
  const vector = await embedding('an award for a sales team');

  expect(await medianOf(11, async () => expect(await vectors.nearest({ embedding: vector, limit: 10 })).toHaveLength(10))).toBeLessThan(
    100,
  );
});

test('AST-5.1 answers as quickly the second time as ever after, as nothing is loaded for a request', async () => {
  await (await api.recommend({ text: 'the first' })).arrayBuffer();

  expect(
    await medianOf(
      5,
      missed((at) => api.recommend({ text: `one of the next, ${at}` })),
    ),
  ).toBeLessThan(200);
});
