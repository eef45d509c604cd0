import type { DocumentView } from '../../../examples/contextual-platform/service/documents';
import { document, DOCUMENTS, keywords, type Running, startService, stopServices, taxonomy } from './running';

let api: Running;

beforeEach(async () => {
  api = await startService();
});
afterEach(stopServices);

const view = async (response: Response) => (await response.json()) as DocumentView;

test('CTX-1.4 processes a document and returns its enrichments', async () => {
  const response = await api.post(DOCUMENTS, { object_id: 'a-1', metadata: { url: 'https://example.com/a' }, ...document() });

  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    document_id: expect.stringMatching(/^doc_[\w-]{22}$/),
    collection_id: 'news',
    object_id: 'a-1',
    metadata: { url: 'https://example.com/a' },
    features: [
      { feature_extractor_id: 'taxonomy', version: 'v2.1' },
      { feature_extractor_id: 'keywords', version: 'v1.0' },
    ],
    enrichments: {
      taxonomies: [{ label: 'Sports', score: 1 }],
      keywords: expect.arrayContaining([{ keyword: 'football', score: 1 }]),
    },
    created_at: expect.any(String),
    updated_at: expect.any(String),
  });
});

test('CTX-1.4 enriches with what the features ask for and nothing else', async () => {
  const { enrichments } = await view(await api.post(DOCUMENTS, { features: [keywords()] }));

  expect(Object.keys(enrichments)).toEqual(['keywords']);
});

test('CTX-7.1 each version of an extractor is a request of its own', async () => {
  const text = 'They played two matches.';
  const of = async (version: string) =>
    (await view(await api.post(DOCUMENTS, { features: [taxonomy(text, version)] }))).enrichments.taxonomies;

  expect([await of('v2.0'), await of('v2.1')]).toEqual([[], [{ label: 'Sports', score: 1 }]]);
});

test('CTX-1.1 the same content again comes from the cache and writes nothing', async () => {
  const first = await api.post(DOCUMENTS, document());
  const again = await api.post(DOCUMENTS, document());

  expect([first.headers.get('x-cache'), again.headers.get('x-cache')]).toEqual(['MISS', 'HIT']);
  expect(await again.json()).toEqual(await first.json());
  expect(api.documents.writes).toBe(1);
});

test('a feature that was read in another document comes from the cache, and the rest is made', async () => {
  await api.post(DOCUMENTS, { features: [keywords()] });
  const both = await api.post(DOCUMENTS, document());
  const alone = await api.post(DOCUMENTS, { object_id: 'other', features: [keywords()] });

  expect([both.headers.get('x-cache'), alone.headers.get('x-cache')]).toEqual(['MISS', 'HIT']);
});

test('one tenant cannot tell by the cache what another has sent', async () => {
  await api.post(DOCUMENTS, document());
  const other = await api.post(DOCUMENTS, document(), { 'plinth-tenant-id': 'umbrella' });

  expect(other.headers.get('x-cache')).toBe('MISS');
});

test('CTX-1.2 tells the hash of the content, and a GET that names it is 304 with X-Cache HIT', async () => {
  const posted = await api.post(DOCUMENTS, document());
  const etag = posted.headers.get('etag')!;
  const location = posted.headers.get('content-location')!;
  const known = await api.request(location, { headers: { 'if-none-match': etag } });

  expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
  expect(posted.headers.get('cache-control')).toBe('private, max-age=3600');
  expect([known.status, known.headers.get('etag'), known.headers.get('x-cache'), await known.text()]).toEqual([304, etag, 'HIT', '']);
  expect((await api.request(location, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
});

test('what comes under an object_id again replaces the document and keeps its id', async () => {
  const before = await view(await api.post(DOCUMENTS, { object_id: 'a', ...document() }));
  const response = await api.post(DOCUMENTS, { object_id: 'a', ...document('a recipe for bread') });
  const after = await view(response);
  const read = await api.request(`${DOCUMENTS}/${before.document_id}`);

  expect([after.document_id, after.created_at]).toEqual([before.document_id, before.created_at]);
  expect([await read.json(), read.headers.get('etag')]).toEqual([after, response.headers.get('etag')]);
});

test('the order of fields makes no other content, and metadata does', async () => {
  const { features } = document();
  const one = await api.post(DOCUMENTS, { metadata: { a: '1', b: '2' }, features });
  const same = await api.post(DOCUMENTS, { features, metadata: { b: '2', a: '1' } });
  const other = await api.post(DOCUMENTS, { features, metadata: { a: '1', b: '3' } });

  expect(same.headers.get('etag')).toBe(one.headers.get('etag'));
  expect(other.headers.get('etag')).not.toBe(one.headers.get('etag'));
});

test("another tenant's document, and one of another collection, are 404", async () => {
  const { document_id: id } = await view(await api.post(DOCUMENTS, document()));
  const other = await api.request(`${DOCUMENTS}/${id}`, { headers: { 'plinth-tenant-id': 'umbrella' } });

  expect([other.status, (await api.request(`/v1/collections/sport/documents/${id}`)).status]).toEqual([404, 404]);
  expect(await (await api.request(DOCUMENTS, { headers: { 'plinth-tenant-id': 'umbrella' } })).json()).toEqual({ documents: [] });
  expect((await api.request(`${DOCUMENTS}/${id}`)).status).toBe(200);
});

test('a request without a tenant is 401', async () => {
  const anonymous = await fetch(`${api.url}${DOCUMENTS}`);

  expect([anonymous.status, await anonymous.json()]).toEqual([
    401,
    expect.objectContaining({ type: 'urn:plinth:problem:tenant-missing', detail: expect.stringContaining('plinth-tenant-id') }),
  ]);
});

test('lists the newest first, a page at a time, each once', async () => {
  const ids: string[] = [];
  for (const at of [1, 2, 3, 4, 5]) ids.unshift((await view(await api.post(DOCUMENTS, { object_id: `${at}`, ...document() }))).document_id);
  const listed: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const answer = await api.request(`${DOCUMENTS}?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    const page = (await answer.json()) as { documents: DocumentView[]; next_cursor?: string };
    listed.push(...page.documents.map(({ document_id }) => document_id));
    cursor = page.next_cursor;
  }

  expect(listed).toEqual(ids);
});

test('is 503 while the database is away, and ready once it has answered', async () => {
  api.documents.away = true;
  const away = await api.post(DOCUMENTS, document());
  let answers = false;
  const ping = async () => {
    if (!answers) throw new Error('not yet');
  };
  const starting = await startService({ ping, clock: { now: Date.now, sleep: () => new Promise((resolve) => setImmediate(resolve)) } });
  const before = (await starting.request('/api/health/ready')).status;
  answers = true;
  while ((await starting.request('/api/health/ready')).status !== 200) await new Promise(setImmediate);

  expect([away.status, away.headers.get('retry-after'), before]).toEqual([503, '30', 503]);
});
