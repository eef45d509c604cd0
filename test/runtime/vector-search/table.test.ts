import { Client } from 'pg';
import type { Database } from 'plinth-runtime/database';
import { VectorSearch, type VectorRow, vectorTable } from 'plinth-runtime/vector-search';
import { exactStatement, indexStatement, type SqlStatement, textStatement } from '../../../runtime/src/vector-search/statements';
import type { Pglite } from '../../support/pglite';
import { clusteredVectors, startVectorDatabase } from '../../support/vectors';

const ROWS = 300;
const TABLE = 'app.notes';

describe('a vector table', () => {
  let server: Pglite;
  let database: Database;
  let search: VectorSearch;
  const nextVector = clusteredVectors(3);
  const row = (at: number): VectorRow => ({
    id: `note-${at}`,
    embedding: nextVector(),
    content: `note number ${at}`,
    metadata: { url: `https://example.com/${at}` },
    enrichments: { taxonomies: [`taxonomy-${at % 50}`, 'all'] },
  });

  beforeAll(async () => {
    ({ server, database } = await startVectorDatabase('notes'));
    search = new VectorSearch({ database, table: 'notes' });
    await server.query('DROP INDEX app.notes_embedding');
    await search.upsert(Array.from({ length: ROWS }, (_, at) => row(at)));
    await server.query(`UPDATE ${TABLE} SET created_at = '2026-01-01T12:00Z'::timestamptz + substr(id, 6)::int * interval '1 hour'`);
    await server.query(vectorTable('notes').find((statement) => statement.includes('hnsw'))!);
    await server.query(`ANALYZE ${TABLE}`);
  });
  afterAll(async () => {
    await database?.close();
    await server?.stop();
  });

  async function plan({ text, values }: SqlStatement, settings: readonly string[] = []): Promise<string> {
    const client = new Client({ host: server.host, port: server.port, user: 'postgres', database: 'postgres' });
    await client.connect();
    try {
      for (const setting of settings) await client.query(`SET ${setting}`);
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, [...values]);
      return rows.map((line) => line['QUERY PLAN'].replaceAll(/\[[-+\d.,e]+\]/g, '[...]')).join('\n');
    } finally {
      for (const setting of settings) await client.query(`RESET ${setting.split(' ')[0]}`);
      await client.end();
    }
  }

  describe('is served by its indexes', () => {
    // A table this small fits in memory whole: where the planner would read all of it, that is switched off to see what else it has.
    const NO_SCAN = ['enable_seqscan = off'];

    it('CTX-9.1 for one URL', async () => {
      const statement = exactStatement(TABLE, {
        embedding: nextVector(),
        limit: 10,
        filter: { metadata: { url: 'https://example.com/7' } },
      });
      expect(await plan(statement)).toMatch(/Index Scan using notes_url[^]*Index Cond: \(\(metadata ->> 'url'::text\) = /);
    });

    it('CTX-9.1 for containment in taxonomies', async () => {
      const statement = exactStatement(TABLE, { embedding: nextVector(), limit: 10, filter: { taxonomies: ['taxonomy-7'] } });
      expect(await plan(statement, NO_SCAN)).toMatch(/Bitmap Index Scan on notes_taxonomies[^]*\(enrichments -> 'taxonomies'::text\) @> /);
    });

    it('CTX-9.1 for the most recent first', async () => {
      expect(await plan({ text: `SELECT id FROM ${TABLE} ORDER BY created_at DESC LIMIT 20`, values: [] })).toContain(
        'Index Scan using notes_created_at',
      );
    });

    it('REC-2.13 for the nearest', async () => {
      const statement = indexStatement(TABLE, { embedding: nextVector(), limit: 10 }, { efSearch: 100, exactUpTo: 0 });
      expect(await plan(statement, NO_SCAN)).toMatch(/Index Scan using notes_embedding[^]*Order By: \(embedding <=> /);
    });

    it('REC-2.13 for the nearest that pass a filter', async () => {
      const query = { embedding: nextVector(), limit: 10, filter: { metadata: { level: 1 } } };
      expect(await plan(indexStatement(TABLE, query, { efSearch: 100, exactUpTo: 0 }), NO_SCAN)).toContain(
        'Index Scan using notes_embedding',
      );
    });

    it('REC-2.13 for one id', async () => {
      expect(await plan({ text: `SELECT content FROM ${TABLE} WHERE id = $1`, values: ['note-7'] })).toContain(
        'Index Scan using notes_pkey',
      );
    });

    it('DOC-1.3 for words', async () => {
      expect(await plan(textStatement(TABLE, { query: '77', limit: 10 }), NO_SCAN)).toContain('Bitmap Index Scan on notes_search');
    });
  });

  describe('takes rows', () => {
    it('and gives each back as it was, in single precision', async () => {
      const written = row(1_000);
      await search.upsert([written]);
      const read = await search.get(written.id);
      expect({ ...read, embedding: Float32Array.from(read!.embedding) }).toMatchObject(written);
      expect(await search.get('nothing')).toBeUndefined();
    });

    it('again, and keeps when they were first created', async () => {
      const before = (await search.get('note-5'))!;
      await search.upsert([{ ...row(5), content: 'another' }]);
      const after = (await search.get('note-5'))!;
      expect([after.content, after.createdAt, after.updatedAt > before.updatedAt]).toEqual(['another', before.createdAt, true]);
    });

    it('without enrichments', async () => {
      await search.upsert([{ ...row(1_001), enrichments: undefined }]);
      expect((await search.get('note-1001'))!.enrichments).toEqual({});
    });

    it('all or none, though the fault be in a later batch', async () => {
      await server.query(`ALTER TABLE ${TABLE} ADD CONSTRAINT no_bad CHECK (content <> 'bad')`);
      const batch = Array.from({ length: 103 }, (_, at) => row(2_000 + at));
      batch[101] = { ...batch[101], content: 'bad' };
      await expect(search.upsert(batch)).rejects.toMatchObject({ code: 'statement-failed', sqlState: '23514', constraint: 'no_bad' });
      await server.query(`ALTER TABLE ${TABLE} DROP CONSTRAINT no_bad`);
      expect(await search.get('note-2000')).toBeUndefined();
    });

    it('with every text that Unicode has, but NUL and half pairs', async () => {
      const content = `"'\\ $1 {} \u{1F600} \uFFFF \u0001 \u2028`;
      const metadata = { [content]: content };
      await search.upsert([{ ...row(1_002), content, metadata }]);
      expect(await search.get('note-1002')).toMatchObject({ content, metadata });
      expect(await search.nearest({ embedding: nextVector(), limit: 10, filter: { metadata } })).toHaveLength(1);
    });
  });

  describe('has analytics', () => {
    const analytics = () =>
      server.query<{ taxonomy: string; day: string; rows: string }>(
        `SELECT taxonomy, day::text, rows FROM app.notes_analytics WHERE taxonomy IN ('taxonomy-7', '') ORDER BY 1, 2 LIMIT 3`,
      );

    it('CTX-9.1 in a materialized view of rows by taxonomy and day, refreshed beside its readers', async () => {
      await server.query(`DELETE FROM ${TABLE} WHERE created_at > '2026-06-01'`);
      const before = await analytics();
      await server.query(`UPDATE ${TABLE} SET enrichments = '{"taxonomies": "none"}' WHERE id = 'note-0'`);
      expect(await server.query('SELECT app.refresh_notes_analytics() AS refreshed')).toEqual([{ refreshed: true }]);
      expect([before, await analytics()]).toEqual([
        [],
        [
          { taxonomy: '', day: '2026-01-01', rows: '1' },
          { taxonomy: 'taxonomy-7', day: '2026-01-01', rows: '1' },
          { taxonomy: 'taxonomy-7', day: '2026-01-03', rows: '1' },
        ],
      ]);
    });

    it('that application may refresh, and the public may not', async () => {
      const privileges = `SELECT has_function_privilege('application', f, 'execute') AS application,
        has_function_privilege('stranger', f, 'execute') AS stranger, prosecdef FROM (
          SELECT oid AS f, prosecdef FROM pg_proc WHERE proname = 'refresh_notes_analytics') AS refresh`;
      await server.query('CREATE ROLE stranger');
      expect(await server.query(privileges)).toEqual([{ application: true, stranger: false, prosecdef: true }]);
    });
  });
});
