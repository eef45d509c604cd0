import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Database } from 'plinth-runtime/database';
import { exportVectors, FolderStore, restoreVectors } from 'plinth-runtime/vector-export';
import { VectorSearch } from 'plinth-runtime/vector-search';
import type { Pglite } from '../../support/pglite';
import { contents, fill, folder, manifestIn, rewritten, start } from './databases';

const ROWS = 300;
const DATE = '2026-03-04';

let from: { server: Pglite; database: Database };
let into: { server: Pglite; database: Database };
let exported: string;

const exportTo = (directory: string, remainingMs = () => 60_000) =>
  exportVectors({ database: from.database, sink: new FolderStore(directory), date: DATE, remainingMs, partBytes: 100_000 });
const restore = (directory = exported, more: { replace?: boolean; table?: string } = {}) =>
  restoreVectors({ database: into.database, source: new FolderStore(directory), table: 'categories', ...more });

/** The export with one fault. */
function faulty(change: (directory: string) => void): string {
  const directory = folder();
  cpSync(exported, directory, { recursive: true });
  change(directory);
  return directory;
}
const firstPart = (directory: string) => join(directory, manifestIn(directory).tables[0].parts[0].name);

beforeAll(async () => {
  [from, into] = await Promise.all([start(), start()]);
  await fill(from.server, ROWS);
  exported = folder();
  await exportTo(exported);
}, 60_000);
afterAll(async () => {
  for (const { server, database } of [from, into]) {
    await database.close();
    await server.stop();
  }
});

describe('an export', () => {
  test('VEC-2.1 holds vectors with their metadata and enrichments, and the search analytics', () => {
    const { tables, ...manifest } = manifestIn(exported);

    expect(manifest).toEqual({
      format: 1,
      date: DATE,
      snapshotAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      server: expect.stringMatching(/^1[7-9]/),
      extension: expect.stringMatching(/^0\.[89]\./),
    });
    expect(tables).toMatchObject([{ name: 'categories', dimensions: 64, rows: ROWS, analytics: { rows: expect.any(Number) } }]);
    expect(tables[0].columns).toContainEqual({ name: 'embedding', type: 'vector(64)' });
    expect(tables[0].indexes.join('\n')).toContain('USING hnsw');
    expect(tables[0].parts.length).toBeGreaterThan(1);
  });

  test('VEC-2.1 writes the analytics as rows', () => {
    const [part] = manifestIn(exported).tables[0].analytics!.parts;
    const lines = gunzipSync(readFileSync(join(exported, part.name)))
      .toString('utf8')
      .trimEnd()
      .split('\n');

    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual({
      taxonomy: 'retail',
      day: '2026-02-03',
      rows: expect.any(Number),
    });
  });

  test('is left as it is by a second one of the day', async () => {
    const before = readFileSync(join(exported, 'manifest.json'), 'utf8');

    expect(await exportTo(exported)).toEqual({ outcome: 'done before' });
    expect(readFileSync(join(exported, 'manifest.json'), 'utf8')).toBe(before);
  });

  test('that was not finished is made anew, whatever parts it left', async () => {
    const directory = faulty((made) => {
      rmSync(join(made, 'manifest.json'));
      writeFileSync(firstPart(exported).replace(exported, made), 'half');
    });

    expect(await exportTo(directory)).toMatchObject({ outcome: 'exported' });
    await restore(directory);
    await into.server.query('TRUNCATE app.categories');
  });

  test('ends with an error when its time does, and has no manifest', async () => {
    const directory = folder();
    let asked = 0;

    await expect(exportTo(directory, () => ((asked += 1) < 3 ? 1 : 0))).rejects.toMatchObject({
      code: 'out-of-time',
      message: expect.stringMatching(/^the export must end within the time of its function, got to \d+ rows; give it more memory/),
    });
    expect(readdirSync(directory)).not.toContain('manifest.json');
  });

  test('leaves no transaction or cursor behind that would keep it from the next', async () => {
    await expect(exportTo(folder(), () => 0)).rejects.toThrow('got to 0 rows');
    expect(await exportTo(folder())).toMatchObject({ outcome: 'exported' });
  });
});

describe('a restore', () => {
  const ids = async () => into.server.query<{ id: string }>('SELECT id FROM app.categories ORDER BY id');
  beforeEach(() => into.server.query('TRUNCATE app.categories'));

  test('VEC-2.1 gives back every row to the bit, with an index that serves', async () => {
    expect(await restore()).toEqual({ table: 'categories', date: DATE, rows: ROWS, indexes: ['categories_embedding'] });

    expect(await contents(into.server)).toEqual(await contents(from.server));
    const [search, original] = [into, from].map(({ database }) => new VectorSearch({ database, table: 'categories', efSearch: 1_000 }));
    const [recall, before] = [await search.recall({ sample: 20, limit: 10 }), await original.recall({ sample: 20, limit: 10 })];
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(before).toBeGreaterThanOrEqual(0.95);
    expect(await into.server.query('SELECT * FROM app.categories_analytics ORDER BY 1, 2')).toEqual(
      await from.server.query('SELECT * FROM app.categories_analytics ORDER BY 1, 2'),
    );
  });

  test('keeps the definition of the index', async () => {
    const definition = `SELECT pg_get_indexdef('app.categories_embedding'::regclass) AS definition`;
    await restore();

    expect(await into.server.query(definition)).toEqual(await from.server.query(definition));
  });

  const one = `INSERT INTO app.categories (id, embedding, content) SELECT 'mine', array_fill(1, ARRAY[64])::vector, 'mine'`;

  test('refuses a table with rows in it', async () => {
    await into.server.query(one);

    await expect(restore()).rejects.toMatchObject({
      code: 'table-not-empty',
      message: 'app.categories must be empty, got rows; give --replace to lose them',
    });
    expect(await ids()).toEqual([{ id: 'mine' }]);
  });

  test('replaces them when it is told so', async () => {
    await into.server.query(one);

    await restore(exported, { replace: true });

    expect(await contents(into.server)).toEqual(await contents(from.server));
  });

  const row = (change: (row: { [field: string]: unknown }) => object) => (directory: string) =>
    rewritten(directory, ([first, ...rest]) => [JSON.stringify(change(JSON.parse(first) as { [field: string]: unknown })), ...rest]);

  test.each<[string, string, RegExp, (directory: string) => void]>([
    [
      'no manifest',
      'manifest-missing',
      /^the export must have a manifest.json, which is written last, got none/,
      (directory) => rmSync(join(directory, 'manifest.json')),
    ],
    [
      'half a manifest',
      'manifest-invalid',
      /^manifest.json: it must be a JSON object, got something else/,
      (directory) => writeFileSync(join(directory, 'manifest.json'), '{"format": 1'),
    ],
    [
      'another format',
      'manifest-invalid',
      /^manifest.json: format must be 1, got 2/,
      (directory) => writeFileSync(join(directory, 'manifest.json'), '{"format": 2}'),
    ],
    [
      'a missing part',
      'part-missing',
      /^categories\/00000-[0-9a-f]{16}.ndjson.gz: the part must be there, as the manifest names it, got nothing/,
      (directory) => rmSync(firstPart(directory)),
    ],
    [
      'a corrupted part',
      'part-corrupt',
      /: the part must have SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}; take another export$/,
      (directory) => {
        const body = readFileSync(firstPart(directory));
        body[body.length >> 1] ^= 1;
        writeFileSync(firstPart(directory), body);
      },
    ],
    [
      'another dimension in a row',
      'row-invalid',
      /gz:1: embedding must have 64 numbers, got 2; take another export$/,
      row((old) => ({ ...old, embedding: [1, 2] })),
    ],
    [
      'a NUL',
      'row-invalid',
      /gz:1: the row must have no NUL, got one, which PostgreSQL does not store/,
      row((old) => ({ ...old, content: 'a\0b' })),
    ],
    ['a row that is no object', 'row-invalid', /gz:1: the row must be an object, got something else/, row(() => [])],
    [
      'metadata that is no object',
      'row-invalid',
      /gz:1: metadata must be an object, got something else/,
      row((old) => ({ ...old, metadata: 'x' })),
    ],
    ['an id twice', 'statement-failed', /SQLSTATE 23505/, (directory) => rewritten(directory, (lines) => [lines[0], ...lines])],
  ])('writes nothing of an export with %s', async (_, code, message, change) => {
    const directory = faulty(change);
    await into.server.query(one);

    await expect(restore(directory, { replace: true })).rejects.toMatchObject({ code, message: expect.stringMatching(message) });

    expect(await ids()).toEqual([{ id: 'mine' }]);
    expect(await into.server.query(`SELECT to_regclass('app.categories_embedding') IS NOT NULL AS there`)).toEqual([{ there: true }]);
  });

  test('refuses a table of other dimensions', async () => {
    await into.server.query('CREATE TABLE app.small (LIKE app.categories INCLUDING ALL)');
    await into.server.query('DROP INDEX app.small_embedding_idx');
    await into.server.query('ALTER TABLE app.small ALTER embedding TYPE vector(3)');
    const directory = faulty((made) => {
      const text = readFileSync(join(made, 'manifest.json'), 'utf8');
      writeFileSync(join(made, 'manifest.json'), text.replace('"name": "categories"', '"name": "small"'));
    });

    await expect(restore(directory, { table: 'small' })).rejects.toMatchObject({
      code: 'table-differs',
      message: 'app.small: embedding must have 64 dimensions as in the export, got 3; restore into a table of the same model',
    });
    await into.server.query('DROP TABLE app.small');
  });

  test('refuses a table that the export does not hold, or the database has not', async () => {
    await expect(restore(exported, { table: 'products' })).rejects.toThrow(
      'the export must hold the table products, got categories; name one of them',
    );
    await into.server.query('ALTER TABLE app.categories RENAME TO others');
    await expect(restore()).rejects.toThrow('app.categories must be a vector table, got none of that name; run the migrations first');
    await into.server.query('ALTER TABLE app.others RENAME TO categories');
  });
});
