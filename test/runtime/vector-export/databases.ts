import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Manifest } from 'plinth-runtime/vector-export';
import { Pglite } from '../../support/pglite';
import { Database } from 'plinth-runtime/database';
import { vectorAnalytics, vectorTable } from 'plinth-runtime/vector-search';
import { clusteredVectors } from '../../support/vectors';

export const folder = () => mkdtempSync(join(tmpdir(), 'plinth-vectors-'));

/** Fewer than the platform's 1,536, as building an index takes its time. */
export const DIMENSIONS = 64;

/** PGlite as after the bootstrap, with the table `categories` and its analytics. */
export async function start(): Promise<{ server: Pglite; database: Database }> {
  const server = await Pglite.start();
  const table = [...vectorTable('categories', { dimensions: DIMENSIONS }), ...vectorAnalytics('categories')];
  for (const statement of ['CREATE EXTENSION vector', 'CREATE SCHEMA app', 'CREATE ROLE application', ...table])
    await server.query(statement);
  const database = Database.open({
    host: server.host,
    port: server.port,
    database: 'app',
    user: 'application',
    tls: 'disable',
    auth: { method: 'password', password: '' },
    pool: { min: 1, max: 1 },
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 60_000,
  });
  return { server, database };
}

/** What texts and numbers do not survive many a way: signs of zero, smallest numbers, digits, quotes, times to the microsecond. */
const AWKWARD: readonly (readonly [id: string, content: string, metadata: string, created: string, scale: number])[] = [
  ['plain', 'plain', '{}', '2026-01-02 03:04:05+00', 1],
  [
    'quo"te\\',
    'a "quoted"\n\ttext with \\ and \\u0000 in letters',
    '{"a": "\\"", "n": 12345678901234567890.1234567890}',
    '2026-01-02 03:04:05.123456+00',
    1,
  ],
  ['ünïcödé 🙂', 'Größe 東京 🙂', '{"url": "https://example.com/ü", "deep": [1, [2, {"x": null}]]}', 'infinity', 1],
  ['smallest', '', '{"e": 1e-30}', '-infinity', 1e-18],
  ['largest', 'x'.repeat(100_000), '{"b": true}', '0044-03-15 12:00:00+00 BC', 1e18],
];

/** Fills the table `categories` with awkward rows and ordinary ones. */
export async function fill(server: Pglite, count: number): Promise<void> {
  const next = clusteredVectors(7, { dimensions: DIMENSIONS });
  const insert = `INSERT INTO app.categories (id, embedding, content, metadata, enrichments, created_at)
    SELECT id, embedding::vector, content, metadata::jsonb, enrichments::jsonb, created::timestamptz
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS t (id, embedding, content, metadata, enrichments, created)`;
  const vector = (scale: number) => `[-0,1e-45,${Array.from(next().subarray(2), (value) => value * scale).join(',')}]`;
  const ordinary = Array.from(
    { length: count - AWKWARD.length },
    (_, at) => [`row-${at}`, `row ${at}`, `{"at": ${at}}`, '2026-02-03', 1] as const,
  );
  const rows = [...AWKWARD, ...ordinary];
  const column = (index: 0 | 1 | 2 | 3) => rows.map((row) => row[index]);
  const taxonomies = rows.map((_, at) => (at % 2 ? '{"taxonomies": ["retail", "books"]}' : '{}'));
  await server.query(insert, [column(0), rows.map((row) => vector(row[4])), column(1), column(2), taxonomies, column(3)]);
  await server.query('REFRESH MATERIALIZED VIEW app.categories_analytics');
}

/** Every bit of every row: embeddings in their binary form. */
export async function contents(server: Pglite): Promise<unknown[]> {
  return server.query(
    `SELECT id, md5(encode(vector_send(embedding), 'hex')) AS embedding, content, metadata::text, enrichments::text,
      created_at::text AS created, updated_at::text AS updated FROM app.categories ORDER BY id`,
  );
}

export function manifestIn(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
}

/** Changes the lines of an export's first part, and its manifest so that the part is whole. */
export function rewritten(directory: string, change: (lines: string[]) => string[]): void {
  const manifest = manifestIn(directory);
  const [table] = manifest.tables;
  const path = join(directory, table.parts[0].name);
  const lines = change(gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n'));
  const text = `${lines.join('\n')}\n`;
  const body = gzipSync(text);
  writeFileSync(path, body);
  const part = {
    ...table.parts[0],
    rows: lines.length,
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(body).digest('hex'),
  };
  const rows = table.rows - table.parts[0].rows + lines.length;
  const changed = { ...manifest, tables: [{ ...table, rows, parts: [part, ...table.parts.slice(1)] }] };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(changed));
}
