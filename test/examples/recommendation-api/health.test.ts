import { once } from 'node:events';
import { request } from 'node:http';
import { databaseProbe, providerProbe } from '../../../examples/shared/service/probes';
import { FakeCategories, FakeProvider } from './fakes';
import { ready, someCategories, startService, stopServices } from './running';

afterEach(stopServices);

test('REC-1.11 lives and is not ready until all categories are stored', async () => {
  const categories = new FakeCategories();
  categories.away = true;
  const api = await startService({ categories });

  expect((await api.request('/api/health/live')).status).toBe(200);
  const before = await api.request('/api/health/ready');
  expect([before.status, before.headers.get('content-type')]).toEqual([503, 'application/health+json']);
  expect(await before.json()).toMatchObject({ status: 'fail', description: expect.stringContaining('starting: the categories') });
  const early = await api.recommend({ text: 'a team' });
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '5']);
});

test('REC-1.11 becomes ready by itself when the database comes', async () => {
  const categories = new FakeCategories();
  categories.away = true;
  const api = await startService({ categories, clock: { now: Date.now, sleep: () => new Promise(setImmediate) } });
  categories.away = false;
  await ready(api);

  expect(categories.rows.size).toBe(someCategories.length);
});

test('REC-1.11 stays ready without its database, as cached answers go on, and warns', async () => {
  const gone = async (): Promise<void> => {
    throw new Error('gone');
  };
  const api = await ready(await startService({ probes: [databaseProbe({ ping: gone })] }));

  expect(await (await api.request('/api/health/ready')).json()).toMatchObject({
    status: 'warn',
    description: 'serving; look at database:connection',
    checks: { 'database:connection': [{ status: 'warn', output: 'the database does not answer: cached answers only' }] },
  });
});

test('is ready with a warning while the provider has no key', async () => {
  const probe = providerProbe({ health: () => ({ status: 'warn', reason: 'no key' }) });
  const api = await ready(await startService({ probes: [probe] }));

  expect(await (await api.request('/api/health/ready')).json()).toMatchObject({
    status: 'warn',
    checks: { 'provider:embeddings': [{ output: 'no key' }] },
  });
});

test('stores nothing anew when it starts again', async () => {
  const categories = new FakeCategories();
  await ready(await startService({ categories }));
  const embedder = new FakeProvider();
  await ready(await startService({ categories, embedder }));

  expect(embedder.calls).toBe(0);
});

test('stores what has changed in the file, and all of it when the model changes', async () => {
  const categories = new FakeCategories();
  await ready(await startService({ categories }));
  const changed = new FakeProvider();
  const file = someCategories.map((category, at) => (at === 3 ? { ...category, description: 'For another reason.' } : category));
  await ready(await startService({ categories, embedder: changed, file }));
  const other = new FakeProvider(768);
  await ready(await startService({ categories, embedder: other, file }));

  expect([changed.calls, categories.rows.get(file[3].id)?.category.description]).toEqual([1, 'For another reason.']);
  expect(categories.rows.get(file[0].id)?.embedding).toHaveLength(768);
});

test('finishes the request under way when it stops, and takes no other', async () => {
  const embedder = new FakeProvider();
  const api = await ready(await startService({ embedder }));
  let finish = (): void => {};
  const asked = new Promise<void>((seen) => {
    embedder.embed = () => {
      seen();
      return new Promise((resolve) => {
        finish = () => resolve({ embeddings: [Array.from({ length: 1_536 }, () => 0.01)], cost: 0 });
      });
    };
  });
  const response = api.recommend({ text: 'in flight' });
  await asked;

  const stopped = api.service.stop();
  finish();

  const answer = await response;
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  expect(await stopped).toEqual({ cut: 0 });
  await expect(fetch(api.url)).rejects.toThrow('fetch failed');
});

test('keeps connections for longer than the gateway does', async () => {
  const api = await startService();
  const asked = request(`${api.url}/api/health/live`, { agent: false, headers: { connection: 'keep-alive' } }).end();
  const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  await once(response, 'end');

  expect(response.headers['keep-alive']).toBe('timeout=75');
});
