import fc from 'fast-check';
import type { Database } from 'plinth-runtime/database';
import { type Match, type SearchFilter, VectorSearch, type VectorRow, vectorTable } from 'plinth-runtime/vector-search';
import { Registry } from 'prom-client';
import { indexStatement } from '../../../runtime/src/vector-search/statements';
import type { Pglite } from '../../support/pglite';
import { clusteredVectors, cosine, random, startVectorDatabase } from '../../support/vectors';

const ROWS = 1_348;
const TAXONOMIES = ['retail', 'books', 'garden', 'travel'];
const COLORS = ['red', 'green', 'blue', 'yellow', 'white', 'black', 'grey'];
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

describe('search over 1,348 rows', () => {
  let server: Pglite;
  let database: Database;
  let search: VectorSearch;
  /** Asks the index whatever passes. */
  let byIndex: VectorSearch;
  let rows: VectorRow[];
  const registry = new Registry();
  const nextVector = clusteredVectors(1);
  const createdAt = (row: VectorRow) => new Date(START + (Number(row.id.slice(9)) % 100) * DAY);

  beforeAll(async () => {
    ({ server, database } = await startVectorDatabase('categories'));
    search = new VectorSearch({ database, table: 'categories', registry });
    byIndex = new VectorSearch({ database, table: 'categories', exactUpTo: 0 });
    const next = random(2);
    rows = Array.from({ length: ROWS }, (_, at) => ({
      id: `category-${at}`,
      embedding: nextVector(),
      content: `${COLORS[at % 7]} things of shelf ${at}`,
      metadata: { url: `https://example.com/${at}`, level: at % 5, leaf: at % 2 === 0 },
      enrichments: { taxonomies: TAXONOMIES.filter(() => next() < 0.4) },
    }));
    // A bulk load is faster before there is an index.
    await server.query('DROP INDEX app.categories_embedding');
    await search.upsert(rows);
    await server.query(`UPDATE app.categories SET created_at = $1::timestamptz + substr(id, 10)::int % 100 * interval '1 day'`, [
      new Date(START),
    ]);
    await server.query(vectorTable('categories').find((statement) => statement.includes('hnsw'))!);
    await server.query('ANALYZE app.categories');
  });
  afterAll(async () => {
    await database?.close();
    await server?.stop();
  });

  const passes =
    ({ metadata = {}, taxonomies = [], createdAfter }: SearchFilter) =>
    (row: VectorRow) =>
      Object.entries(metadata).every(([key, value]) => row.metadata[key] === value) &&
      taxonomies.every((one) => (row.enrichments!.taxonomies as string[]).includes(one)) &&
      (createdAfter === undefined || createdAt(row) > createdAfter);
  const bruteForce = (embedding: Float32Array, limit: number, filter: SearchFilter = {}) =>
    rows
      .filter(passes(filter))
      .map(({ id, embedding: other }) => ({ id, score: cosine(embedding, other) }))
      .toSorted((one, other) => other.score - one.score)
      .slice(0, limit);
  const ids = (matches: readonly Pick<Match, 'id'>[]) => matches.map(({ id }) => id);
  async function recallOf(subject: VectorSearch, queries: number, filter?: SearchFilter): Promise<number> {
    let found = 0;
    for (let at = 0; at < queries; at += 1) {
      const embedding = nextVector();
      const wanted = new Set(ids(bruteForce(embedding, 10, filter)));
      found += ids(await subject.nearest({ embedding, limit: 10, filter })).filter((id) => wanted.has(id)).length;
    }
    return found / (queries * 10);
  }

  it('REC-2.3 finds by the index 0.99 or more of what brute force finds', async () => {
    expect(await recallOf(byIndex, 60)).toBeGreaterThanOrEqual(0.99);
  });

  it('REC-2.13 asks the index for the nearest, with and without a filter that many pass', async () => {
    for (const filter of [{}, { metadata: { leaf: true } }]) {
      const { text, values } = indexStatement(
        'app.categories',
        { embedding: nextVector(), limit: 10, filter },
        { efSearch: 100, exactUpTo: 0 },
      );
      const plan = await server.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [...values]);
      expect(plan.map((line) => line['QUERY PLAN'].slice(0, 80))).toContainEqual(
        expect.stringContaining('Index Scan using categories_embedding'),
      );
    }
  });

  it('gives cosine similarity, best first, with what is stored', async () => {
    const embedding = nextVector();
    const matches = await search.nearest({ embedding, limit: 20 });
    const [best] = bruteForce(embedding, 1);
    const row = rows.find(({ id }) => id === best.id)!;
    expect(matches[0]).toEqual({
      id: best.id,
      score: expect.closeTo(best.score, 5),
      content: row.content,
      metadata: row.metadata,
      createdAt: createdAt(row),
    });
    expect(matches.map(({ score }) => score)).toEqual(matches.map(({ score }) => score).toSorted((one, other) => other - one));
  });

  it.each([
    ['when told to compare', true],
    ['when it decides itself', false],
  ])('REC-2.3 finds with any filter what brute force finds, %s', async (_, exact) => {
    const filters = fc.record(
      {
        metadata: fc.record({ level: fc.integer({ min: 0, max: 5 }), leaf: fc.boolean() }, { requiredKeys: [] }),
        taxonomies: fc.subarray(TAXONOMIES, { minLength: 1, maxLength: 2 }),
        // So that few enough pass to be compared one by one.
        createdAfter: fc.integer({ min: 30, max: 110 }).map((days) => new Date(START + days * DAY)),
      },
      { requiredKeys: ['createdAfter'] },
    );
    const property = fc.asyncProperty(filters, fc.integer({ min: 1, max: 30 }), async (filter, limit) => {
      const embedding = nextVector();
      const found = await search.nearest({ embedding, limit, filter, exact });
      const wanted = bruteForce(embedding, limit, filter);
      expect(ids(found)).toEqual(ids(wanted));
    });
    await fc.assert(property, { seed: 7, numRuns: 40 });
  });

  it('finds through the index as many as are asked for when one row in ten passes', async () => {
    const filter = { metadata: { level: 3, leaf: true } };
    const found = await byIndex.nearest({ embedding: nextVector(), limit: 50, filter });
    expect([found.length, await recallOf(byIndex, 20, filter)]).toEqual([50, expect.closeTo(1, 1)]);
  });

  it('compares one by one when the index gives up too early', async () => {
    await server.query('SET hnsw.max_scan_tuples = 1');
    await server.query('SET hnsw.scan_mem_multiplier = 1');
    const embedding = nextVector();
    const filter = { metadata: { url: 'https://example.com/77' } };
    const found = await new VectorSearch({ database, table: 'categories', exactUpTo: 0, efSearch: 1 }).nearest({
      embedding,
      limit: 1,
      filter,
    });
    await server.query('RESET hnsw.max_scan_tuples');
    await server.query('RESET hnsw.scan_mem_multiplier');
    expect(ids(found)).toEqual(['category-77']);
  });

  it('keeps more neighbours in view the larger efSearch is, and leaves no setting behind', async () => {
    const [narrow, wide] = [1, 400].map((efSearch) => new VectorSearch({ database, table: 'categories', exactUpTo: 0, efSearch }));
    const [few, many] = [await narrow.recall({ sample: 30, limit: 1 }), await wide.recall({ sample: 30, limit: 1 })];
    expect([many, few <= many]).toEqual([1, true]);
    expect(await server.query(`SELECT current_setting('hnsw.ef_search') AS ef, current_setting('hnsw.iterative_scan') AS scan`)).toEqual([
      { ef: '40', scan: 'off' },
    ]);
  });

  it('REC-2.12 answers in under 20 ms at p95, in the best of five rounds', async () => {
    const rounds: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const times: number[] = [];
      for (let at = 0; at < 40; at += 1) {
        const embedding = nextVector();
        const began = performance.now();
        await search.nearest({ embedding, limit: 10 });
        times.push(performance.now() - began);
      }
      rounds.push(times.toSorted((one, other) => one - other)[37]);
    }
    // What else the machine does can only add.
    expect(Math.min(...rounds)).toBeLessThan(20);
  });

  it('REC-12.4 answers by words in under 50 ms, in the best of five', async () => {
    const times: number[] = [];
    for (let at = 0; at < 5; at += 1) {
      const began = performance.now();
      await search.text({ query: 'shelf 77', limit: 10 });
      times.push(performance.now() - began);
    }
    expect(Math.min(...times)).toBeLessThan(50);
  });

  it('DOC-1.3 finds by words, in any of their forms, with phrases and exclusions', async () => {
    const text = async (query: string, filter?: SearchFilter) => ids(await search.text({ query, limit: 1_000, filter }));
    const all = (accept: (row: VectorRow) => boolean) => ids(rows.filter(accept)).toSorted();
    expect(await text('"thing of shelf 77"')).toEqual(['category-77']);
    expect((await text('red')).toSorted()).toEqual(all(({ content }) => content.startsWith('red ')));
    expect((await text('red or green')).toSorted()).toEqual(all(({ content }) => /^(red|green) /.test(content)));
    expect(await text('things -thing')).toEqual([]);
    const filter = { metadata: { level: 1 }, createdAfter: new Date(START + 50 * DAY) };
    expect((await text('blue', filter)).toSorted()).toEqual(all((row) => row.content.startsWith('blue ') && passes(filter)(row)));
  });

  it('ranks first by both what is near and has the words', async () => {
    const target = rows[500];
    const [best, ...rest] = await search.hybrid({ embedding: target.embedding, query: target.content, limit: 10 });
    expect([best.id, best.score, rest.length]).toEqual([target.id, expect.closeTo(2 / 61, 6), 9]);
  });

  it('VEC-1.2 measures recall and the size of its index', async () => {
    const recall = await search.recall({ sample: 25, limit: 10 });
    const bytes = await search.indexBytes();
    expect(recall).toBeGreaterThanOrEqual(0.99);
    expect(bytes).toBeGreaterThan(ROWS * 1_536 * 4);
    const text = await registry.metrics();
    expect(text).toContain(`vector_index_memory_bytes{table="app.categories"} ${bytes}`);
    expect(text).toContain('vector_index_growth_bytes{table="app.categories"} 0');
    expect(text).toContain(`vector_search_recall{table="app.categories"} ${recall}`);
  });
});
