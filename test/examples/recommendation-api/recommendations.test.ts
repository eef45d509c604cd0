import { FakeProvider, Substituted } from './fakes';
import { ready, type Running, startService, stopServices } from './running';

interface Answer {
  readonly recommendations: readonly { readonly id: string; readonly group: string; readonly score: number }[];
  readonly model: string;
  readonly cached: boolean;
}

let api: Running;

beforeEach(async () => {
  api = await ready(await startService());
});
afterEach(stopServices);

const answerOf = async (response: Response) => (await response.json()) as Answer;

test('answers the categories that suit a text, the best first', async () => {
  const response = await api.recommend({ text: 'we cut our carbon emissions', limit: 2 });

  const { recommendations, model } = await answerOf(response);
  expect(response.status).toBe(200);
  expect(recommendations.map(({ id }) => id.replace(/-of-the-year.*/, ''))).toEqual(Array(2).fill('climate-action'));
  expect(recommendations.map(({ score }) => score)).toEqual(recommendations.map(({ score }) => score).toSorted((a, b) => b - a));
  expect(model).toBe('local-hashing-1-1536');
});

test('answers ten where no limit is given', async () => {
  expect((await answerOf(await api.recommend({ text: 'sales' }))).recommendations).toHaveLength(10);
});

test.each([
  [{ group: 'Sales' }, ({ group }: { group: string }) => group === 'Sales'],
  [
    { program: 'Technology Awards' },
    ({ group }: { group: string }) => ['Digital Transformation', 'Product', 'Engineering'].includes(group),
  ],
  [{ taxonomies: ['customers', 'service'] }, ({ group }: { group: string }) => group === 'Customer Service'],
])('takes recommendations from what %j holds', async (filter, holds) => {
  const { recommendations } = await answerOf(await api.recommend({ text: 'a team', filter }));

  expect(recommendations.length).toBeGreaterThan(0);
  expect(recommendations.every(holds)).toBe(true);
});

test('takes nothing that was created before the time asked for', async () => {
  const { recommendations } = await answerOf(await api.recommend({ text: 'a team', filter: { createdAfter: '2027-01-01T00:00:00Z' } }));

  expect(recommendations).toEqual([]);
});

test('REC-3.8 answers the same request from the cache, for 300 s where nothing else is set', async () => {
  const first = await api.recommend({ text: 'a mobile app' });
  const second = await api.recommend({ text: '  a   mobile app ' });
  api.clock.time += 331_000;
  const third = await api.recommend({ text: 'a mobile app' });

  expect([first, second, third].map(({ headers }) => headers.get('x-cache'))).toEqual(['MISS', 'HIT', 'MISS']);
  expect((await answerOf(second)).cached).toBe(true);
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
  expect(api.provider.calls).toBe(1 + 1 + 1);
});

test('REC-3.8 keeps answers for as long as RESPONSE_CACHE_SECONDS says', async () => {
  const patient = await ready(await startService({ environment: { RESPONSE_CACHE_SECONDS: '900' } }));
  await patient.recommend({ text: 'a mobile app' });
  patient.clock.time += 800_000;

  expect((await patient.recommend({ text: 'a mobile app' })).headers.get('x-cache')).toBe('HIT');
});

test.each([
  ['text', { text: 'a mobile application' }],
  ['limit', { text: 'a mobile app', limit: 5 }],
  ['filter', { text: 'a mobile app', filter: { group: 'Sales' } }],
])('REC-3.8 makes a new answer for another %s', async (_, other) => {
  await api.recommend({ text: 'a mobile app' });

  expect((await api.recommend(other)).headers.get('x-cache')).toBe('MISS');
});

test.each([
  ['provider', () => (api.provider.out = true)],
  ['database', () => (api.categories.away = true)],
])('REC-14.2 answers what it answered before while the %s is out, then says that it cannot', async (_, goesOut) => {
  await api.recommend({ text: 'a common query' });
  api.clock.time += 400_000;
  goesOut();

  const common = await api.recommend({ text: 'a common query' });
  const other = await api.recommend({ text: 'another query' });

  expect([common.status, common.headers.get('x-cache')]).toEqual([200, 'STALE']);
  expect([other.status, other.headers.get('retry-after')]).toEqual([503, '30']);
  expect(other.headers.get('content-type')).toBe('application/problem+json');
  expect(await other.json()).toMatchObject({
    type: 'urn:plinth:problem:temporarily-unavailable',
    detail: 'a service that this answer needs is out, and there is no earlier answer to this request; send it again later',
  });
});

test('REC-14.2 answers anew as soon as the provider is back', async () => {
  api.provider.out = true;
  await api.recommend({ text: 'a query' });
  api.provider.out = false;

  expect((await api.recommend({ text: 'a query' })).status).toBe(200);
});

test('VEC-2.4 searches by words while only a substitute of the provider answers, and by meaning when it is back', async () => {
  const substituted = await ready(await startService({ embedder: new Substituted() }));
  substituted.provider.out = true;
  const during = await answerOf(await substituted.recommend({ text: 'carbon emissions' }));
  substituted.provider.out = false;
  const after = await answerOf(await substituted.recommend({ text: 'carbon emissions' }));

  expect(during.model).toBe('words');
  expect(during.recommendations[0].id).toContain('climate-action');
  expect([after.model, after.cached]).toEqual(['local-hashing-1-1536', false]);
});

test('AST-5.1 uses one embedder for every request of the process', async () => {
  const provider = new FakeProvider();
  const shared = await ready(await startService({ embedder: provider }));
  await Promise.all(Array.from({ length: 20 }, (_, at) => shared.recommend({ text: `query ${at}` })));

  expect(provider.calls).toBe(1 + 20);
});

test('asks the provider once for the same request sent many times at once', async () => {
  const before = api.provider.calls;
  await Promise.all(Array.from({ length: 20 }, () => api.recommend({ text: 'the same' })));

  expect(api.provider.calls - before).toBe(1);
});
