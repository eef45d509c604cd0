import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from 'plinth-runtime';
import { vectorTable } from 'plinth-runtime/vector-search';
import { compose } from '../../../examples/contextual-platform/service/compose';
import type { DocumentView } from '../../../examples/contextual-platform/service/documents';
import { Pglite } from '../../support/pglite';
import { BAD_REQUESTS, SQL } from './bad-requests';
import { document, DOCUMENTS, type Running, startService, stopServices } from './running';

const MIGRATION = readFileSync(join(__dirname, '../../../examples/contextual-platform/migrations/0001-documents.expand.sql'), 'utf8');

let database: Pglite;
let api: Running;

beforeAll(async () => {
  database = await Pglite.start();
  await database.query('CREATE EXTENSION vector');
  await database.query('CREATE SCHEMA app');
  for (const statement of MIGRATION.split(';\n').filter((one) => one.trim() !== '')) await database.query(statement);
  const environment = {
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    DATABASE_HOST: database.host,
    DATABASE_PORT: String(database.port),
    DATABASE_NAME: 'postgres',
    DATABASE_USER: 'postgres',
    DATABASE_POOL_MAX: '4',
    DATABASE_AUTH: 'password',
    DATABASE_TLS: 'disable',
  };
  api = await startService(compose(environment, createLogger({ service: 'test', write: () => {} })));
  while ((await api.request('/api/health/ready')).status !== 200) await new Promise(setImmediate);
}, 60_000);
afterAll(async () => {
  await stopServices();
  await database?.stop();
});

const rows = () => database.query<{ id: string; version: string }>('SELECT id, xmin::text AS version FROM app.documents ORDER BY id');
const view = async (response: Response) => (await response.json()) as DocumentView;
const list = async (query: string, headers = {}) =>
  (await (await api.request(`${DOCUMENTS}?${query}`, { headers })).json()) as { documents: DocumentView[]; next_cursor?: string };

test('the migration makes the vector table of the runtime, with more columns', () => {
  const [table, ...indexes] = vectorTable('documents');
  const columns = table
    .split('\n')
    .slice(1, -1)
    .map((line) => line.replace(/,$/, ''));

  expect(columns.filter((column) => !MIGRATION.includes(column))).toEqual([]);
  expect(indexes.filter((index) => !MIGRATION.includes(`${index};\n`))).toEqual([]);
});

test('CTX-1.4 stores what it answers', async () => {
  const metadata = { url: 'https://example.com/stored', title: "it's \u{1F600} %" };
  const posted = await view(await api.post(DOCUMENTS, { object_id: 'stored', metadata, ...document() }));
  const read = await view(await api.request(`${DOCUMENTS}/${posted.document_id}`));
  const [row] = await database.query<object>(
    "SELECT tenant_id, metadata->>'url' AS url, enrichments->'taxonomies' AS taxonomies, vector_dims(embedding) AS dims FROM app.documents WHERE id = $1",
    [posted.document_id],
  );

  expect(read).toEqual(posted);
  expect(row).toEqual({ tenant_id: 'acme', url: metadata.url, taxonomies: [{ label: 'Sports', score: 1 }], dims: 1536 });
});

test('the same content again leaves the row as it is, and other content replaces it', async () => {
  const sent = { object_id: 'again', ...document() };
  const first = await view(await api.post(DOCUMENTS, sent));
  const before = await rows();
  const same = await view(await api.post(DOCUMENTS, sent));
  const between = await rows();
  const changed = await view(await api.post(DOCUMENTS, { object_id: 'again', ...document('a recipe') }));

  expect([same, between]).toEqual([first, before]);
  expect([changed.document_id, changed.created_at]).toEqual([first.document_id, first.created_at]);
  expect((await rows()).length).toBe(before.length);
});

test('CTX-3.1 stores the documents of a batch that are right, and only those', async () => {
  const before = (await rows()).length;
  const good = Array.from({ length: 8 }, (_, at) => ({ object_id: `b${at}`, ...document(`batch ${at}`) }));
  const answer = await api.post(`${DOCUMENTS}/batch`, { documents: [...good, { object_id: 'bad' }] });

  expect(await answer.json()).toMatchObject({ succeeded: 8, failed: 1 });
  expect((await rows()).length).toBe(before + 8);
});

test('one content sent twenty times at once is one document', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, async () => view(await api.post(DOCUMENTS, document('at once')))));

  expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
});

test('finds documents by URL, label and time, the newest first, each once', async () => {
  for (const at of [1, 2, 3, 4, 5]) {
    const metadata = { url: `https://example.com/list/${at % 2}` };
    await api.post('/v1/collections/listed/documents', { object_id: `${at}`, metadata, ...document(at < 3 ? 'a recipe' : 'a hotel') });
  }
  const found = async (query: string) => {
    const answer = await api.request(`/v1/collections/listed/documents?${query}`);
    const page = (await answer.json()) as { documents: DocumentView[]; next_cursor?: string };
    return { ids: page.documents.map(({ object_id }) => object_id), next: page.next_cursor };
  };
  const first = await found('limit=3');
  const second = await found(`limit=3&cursor=${first.next}`);
  const { documents } = await list('limit=1');

  expect([first.ids, second.ids, second.next]).toEqual([['5', '4', '3'], ['2', '1'], undefined]);
  expect((await found('url=https://example.com/list/1')).ids).toEqual(['5', '3', '1']);
  expect((await found('taxonomy=Food')).ids).toEqual(['2', '1']);
  expect((await found(`created_after=${documents[0].created_at}`)).ids.length).toBe(5);
  expect((await found('created_after=2100-01-01T00:00:00Z')).ids).toEqual([]);
});

test("another tenant's documents are neither listed nor found", async () => {
  const { document_id: id } = await view(await api.post(DOCUMENTS, document('mine')));
  const umbrella = { 'plinth-tenant-id': 'umbrella' };
  const theirs = await view(await api.post(DOCUMENTS, document('mine'), umbrella));

  expect((await api.request(`${DOCUMENTS}/${id}`, { headers: umbrella })).status).toBe(404);
  expect((await list('', umbrella)).documents.map(({ document_id }) => document_id)).toEqual([theirs.document_id]);
});

test('refuses what is bad before the database hears of it, and writes nothing', async () => {
  const before = await rows();
  const answers = await Promise.all(
    BAD_REQUESTS.map(async ({ name, path, init, status }) => [name, (await api.request(path, init)).status, status] as const),
  );

  expect(answers.filter(([, status, expected]) => status !== expected)).toEqual([]);
  expect(await rows()).toEqual(before);
});

test.each([...SQL, '\u{1F600}', "it's", '"', '\\', '%', '!!!'])('keeps %s as text in every field', async (text) => {
  const features = document(text).features.map((feature) => ({ ...feature, payload: { text, title: text } }));
  const answer = await api.post(DOCUMENTS, { object_id: text, metadata: { note: text }, features });
  const stored = await view(answer);
  const label = await api.request(`${DOCUMENTS}?taxonomy=${encodeURIComponent(text)}`);

  expect([answer.status, stored.object_id, stored.metadata, label.status]).toEqual([200, text, { note: text }, 200]);
});

test('takes the longest document of the longest characters', async () => {
  const text = '\u{1F600}'.repeat(49_999);
  const words = Array.from({ length: 7_000 }, (_, at) => `w${at}`).join(' ');

  expect((await api.post(DOCUMENTS, document(text))).status).toBe(200);
  expect((await api.post(DOCUMENTS, document(words))).status).toBe(200);
});
