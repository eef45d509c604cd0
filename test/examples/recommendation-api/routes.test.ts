import { ready, type Running, someCategories, startService, stopServices } from './running';

let api: Running;

beforeAll(async () => {
  api = await ready(await startService());
});
afterAll(stopServices);

interface Page {
  readonly categories: readonly { readonly id: string }[];
  readonly nextCursor?: string;
}

async function page(query: string): Promise<Page> {
  return (await (await api.request(`/api/categories?${query}`)).json()) as Page;
}

test('answers every category once, page by page', async () => {
  const ids: string[] = [];
  let next: string | undefined = '';
  while (next !== undefined) {
    const { categories, nextCursor }: Page = await page(`limit=25${next && `&cursor=${next}`}`);
    ids.push(...categories.map(({ id }) => id));
    next = nextCursor;
  }

  expect(ids).toEqual(someCategories.map(({ id }) => id).toSorted());
});

test('answers fifty categories where no limit is given', async () => {
  expect((await page('')).categories).toHaveLength(50);
});

test('answers the categories of a group', async () => {
  const { categories } = await page('group=Sales&limit=100');

  expect(categories.map(({ id }) => id)).toEqual(
    someCategories
      .filter(({ group }) => group === 'Sales')
      .map(({ id }) => id)
      .toSorted(),
  );
});

test('answers a category', async () => {
  const { id, name, group, description, metadata, taxonomies } = someCategories[0];
  const response = await api.request(`/api/categories/${id}`);

  expect(await response.json()).toMatchObject({ id, name, group, description, url: metadata.url, program: metadata.program, taxonomies });
});

test('answers 304 to who has the category already, and to who asks for any', async () => {
  const path = `/api/categories/${someCategories[1].id}`;
  const etag = (await api.request(path)).headers.get('etag')!;

  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const response = await api.request(path, { headers: { 'if-none-match': tag } });
    expect([tag, response.status, await response.text()]).toEqual([tag, 304, '']);
  }
  expect((await api.request(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
});

test('answers HEAD like GET without its body', async () => {
  const path = '/api/categories?limit=1';
  const [get, head] = [await api.request(path), await api.request(path, { method: 'HEAD' })];

  expect(await head.text()).toBe('');
  expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(await get.text())));
});

test.each([
  ['GET', '/api/categories/none', 404, 'no category none; GET /api/categories lists them'],
  ['GET', '/other', 404, 'no such route; GET /api/openapi.json lists them'],
  ['POST', '/api/categories', 405, '/api/categories answers GET, HEAD, got POST'],
  ['PUT', '/api/sessions/current', 405, '/api/sessions/current answers GET, HEAD, DELETE, got PUT'],
  ['GET', '/api/categories?limit=0', 422, 'limit must be a whole number from 1 to 100, got 0'],
  ['GET', '/api/categories?limit=ten', 422, 'limit must be a whole number from 1 to 100, got "ten"'],
  ['GET', '/api/categories?sort=name', 422, 'sort must be left out; known here: limit, cursor, group, program, got "name"'],
  ['GET', '/api/categories?limit=1&limit=2', 400, 'each parameter must be given once, got limit twice'],
  ['GET', '/api/categories?group=%ff', 400, 'the query must be percent-encoded UTF-8, got %ff'],
  ['GET', '/api/categories/%zz', 400, 'the path must be percent-encoded UTF-8, got %zz'],
  ['GET', '/api/categories?cursor=AAAA', 422, 'cursor must be the nextCursor of an earlier page, got AAAA'],
])('answers %s %s with a problem', async (method, path, status, detail) => {
  const response = await api.request(path, { method });

  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ status, detail });
});

test('says which methods a path answers', async () => {
  expect((await api.request('/api/recommendations', { method: 'DELETE' })).headers.get('allow')).toBe('POST');
});

test('names every bad field with what was given and what is allowed', async () => {
  const response = await api.recommend({ text: '', limit: 51, filter: { group: 7, since: 'now' } });

  expect(response.status).toBe(422);
  expect(((await response.json()) as { errors: object[] }).errors).toEqual([
    { field: 'text', allowed: expect.stringContaining('a string of 1 to 2000 characters'), given: '""' },
    { field: 'limit', allowed: 'a whole number from 1 to 50', given: '51' },
    { field: 'filter.group', allowed: expect.stringContaining('a string of 1 to 100 characters'), given: '7' },
    { field: 'filter.since', allowed: 'left out; known here: group, program, taxonomies, createdAfter', given: '"now"' },
  ]);
});

test('answers with the request id of the caller', async () => {
  expect((await api.request('/api/health/live', { headers: { 'x-request-id': 'mine-1' } })).headers.get('x-request-id')).toBe('mine-1');
});

test('answers 504 before the gateway would give up', async () => {
  const slow = await ready(await startService());
  slow.provider.embed = () => new Promise(() => {});
  const response = await slow.recommend({ text: 'late' }, { 'plinth-deadline': String(slow.clock.now() + 510) });

  expect([response.status, await response.json()]).toEqual([504, expect.objectContaining({ type: 'urn:plinth:problem:deadline' })]);
});

test('tells Prometheus what it answered, on a port of its own', async () => {
  await api.request('/api/health/live');
  const metrics = await (await fetch(api.metricsUrl)).text();

  expect(metrics).toContain('recommendation_api_request_duration_seconds_count{operation="live",method="GET",status="200"}');
  expect((await api.request('/metrics')).status).toBe(404);
  expect((await fetch(api.metricsUrl.replace('/metrics', '/other'))).status).toBe(404);
});
