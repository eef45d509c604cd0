import type { Database } from 'plinth-runtime/database';
import { type Match, type SearchFilter, VectorSearch, type VectorRow, vectorTable } from 'plinth-runtime/vector-search';
import type { Pglite } from '../../support/pglite';
import { clusteredVectors, cosine, random, startVectorDatabase } from '../../support/vectors';

const ROWS = 1_348;
const TAXONOMIES = ['retail', 'books', 'garden', 'travel'];

describe('search over 1,348 rows', () => {
  let server: Pglite;
  let database: Database;
  let search: VectorSearch;
  let rows: VectorRow[];
  let times: Map<string, Date>;
  const nextVector = clusteredVectors(1);

  beforeAll(async () => {
    ({ server, database } = await startVectorDatabase('categories'));
    search = new VectorSearch({ database, table: 'categories' });
    const next = random(2);
    rows = Array.from({ length: ROWS }, (_, at) => ({
      id: `category-${at}`,
      embedding: nextVector(),
      content: `category number ${at}`,
      metadata: { url: `https://example.com/${at}`, level: at % 5, leaf: at % 2 === 0 },
      enrichments: { taxonomies: TAXONOMIES.filter(() => next() < 0.4) },
    }));
    await server.query('DROP INDEX app.categories_embedding');
    await search.upsert(rows);
    await server.query(vectorTable('categories')[1]);
    await server.query(
      `UPDATE app.categories SET created_at = '2026-01-01Z'::timestamptz + (substr(id, 10)::int % 100) * interval '1 day'`,
    );
    const stored = await server.query<{ id: string; created_at: Date }>('SELECT id, created_at FROM app.categories');
    times = new Map(stored.map(({ id, created_at: time }) => [id, time]));
  }, 60_000);
  afterAll(async () => {
    await database?.close();
    await server?.stop();
  });

  const passes =
    ({ metadata = {}, taxonomies = [], createdAfter }: SearchFilter) =>
    (row: VectorRow) =>
      Object.entries(metadata).every(([key, value]) => row.metadata[key] === value) &&
      taxonomies.every((one) => (row.enrichments!.taxonomies as string[]).includes(one)) &&
      (createdAfter === undefined || times.get(row.id)! > createdAfter);
  const bruteForce = (embedding: Float32Array, limit: number, filter: SearchFilter = {}) =>
    rows
      .filter(passes(filter))
      .map(({ id, embedding: other }) => ({ id, score: cosine(embedding, other) }))
      .toSorted((a, b) => b.score - a.score)
      .slice(0, limit);
  const ids = (matches: readonly Pick<Match, 'id'>[]) => matches.map(({ id }) => id);

  it('REC-2.3 finds by the index what brute force finds', async () => {
    let hits = 0;
    for (let at = 0; at < 50; at += 1) {
      const embedding = nextVector();
      const wanted = new Set(ids(bruteForce(embedding, 10)));
      hits += ids(await search.nearest({ embedding, limit: 10 })).filter((id) => wanted.has(id)).length;
    }
    expect(hits / 500).toBeGreaterThanOrEqual(0.99);
  });

  it('answers in under 20 ms', async () => {
    const durations: number[] = [];
    for (let at = 0; at < 100; at += 1) {
      const embedding = nextVector();
      const began = performance.now();
      await search.nearest({ embedding, limit: 10 });
      durations.push(performance.now() - began);
    }
    durations.sort((a, b) => a - b);
    expect(durations[95]).toBeLessThan(20);
  });
});
