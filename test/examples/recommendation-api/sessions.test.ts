import { CacheError, MemoryCacheStore, SessionStore } from 'plinth-runtime/cache';
import { SessionCookie } from '../../../examples/recommendation-api/service/session-cookie';
import { ready, type Running, SetClock, startService, stopServices } from './running';

const HOUR_MS = 3_600_000;

let api: Running;
let cookie: string;

beforeEach(async () => {
  api = await ready(await startService());
  const created = await api.request('/api/sessions', { method: 'POST' });
  cookie = created.headers.get('set-cookie')!.split(';')[0];
});
afterEach(stopServices);

interface SessionBody {
  readonly id: string;
  readonly queries: readonly { readonly text: string; readonly at: string }[];
}

const current = (of = cookie, method = 'GET') => api.request('/api/sessions/current', { method, headers: { cookie: of } });
const queries = async () => ((await (await current()).json()) as SessionBody).queries.map(({ text }) => text);

test('REC-3.7 sets a cookie that only HTTPS carries and no script reads', async () => {
  const response = await api.request('/api/sessions', { method: 'POST' });
  const { id } = (await response.json()) as SessionBody;

  expect([response.status, response.headers.get('location')]).toEqual([201, '/api/sessions/current']);
  expect(response.headers.get('set-cookie')).toBe(`__Host-session=${id}; Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=Lax`);
});

test('REC-3.7 a session lives for 24 hours after its last use', async () => {
  api.clock.time += 23 * HOUR_MS;
  expect((await current()).status).toBe(200);
  api.clock.time += 23 * HOUR_MS;
  expect((await current()).status).toBe(200);
  api.clock.time += 24 * HOUR_MS + 1;
  expect((await current()).status).toBe(401);
});

test('keeps the last ten queries, the newest first', async () => {
  for (let at = 1; at <= 12; at += 1) await api.recommend({ text: `query ${at}` }, { cookie });

  expect(await queries()).toEqual(Array.from({ length: 10 }, (_, at) => `query ${12 - at}`));
});

test('REC-3.7 a session takes at most 5 KB, whatever the queries are', async () => {
  const store = new MemoryCacheStore({ clock: new SetClock() });
  const small = await ready(await startService({ cacheStore: store, sessionStore: new SessionStore({ store }) }));
  const made = await small.request('/api/sessions', { method: 'POST' });
  const before = store.bytes;
  for (const character of ['ü', '\u{1F600}', '"']) {
    const answered = await small.recommend({ text: character.repeat(2_000) }, { cookie: made.headers.get('set-cookie')!.split(';')[0] });
    expect(answered.status).toBe(200);
  }
  const kept = await small.request('/api/sessions/current', { headers: { cookie: made.headers.get('set-cookie')!.split(';')[0] } });

  expect(before).toBeLessThan(1_024);
  expect(Buffer.byteLength(await kept.text())).toBeLessThanOrEqual(5 * 1_024);
});

test('forgets a session that is ended', async () => {
  const ended = await current(cookie, 'DELETE');

  expect([ended.status, ended.headers.get('set-cookie')]).toEqual([
    204,
    '__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax',
  ]);
  expect((await current()).status).toBe(401);
});

test.each([
  ['no cookie', () => ''],
  ['an id without a signature', () => cookie.split('.')[0]],
  ['a signature of another key', () => `__Host-session=${new SessionCookie({ current: 'other'.repeat(5) }).value('a'.repeat(43))}`],
  ['another id under the signature', () => cookie.replace(/=(.)/, (_, first: string) => `=${first === 'a' ? 'b' : 'a'}`)],
])('answers 401 to %s', async (_, of) => {
  const response = await current(of());

  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({
    type: 'urn:plinth:problem:no-session',
    detail: 'the cookie __Host-session must name a living session; POST /api/sessions makes one',
  });
});

test('takes sessions of the previous key while a new one replaces it', () => {
  const id = 'a'.repeat(43);
  const before = new SessionCookie({ current: 'old'.repeat(8) });
  const after = new SessionCookie({ current: 'new'.repeat(8), previous: 'old'.repeat(8) });

  expect(after.idOf(`__Host-session=${before.value(id)}`)).toBe(id);
  expect(after.value(id)).not.toBe(before.value(id));
});

test('recommends without a session whose store is away, and says that sessions are', async () => {
  const away = async (): Promise<never> => {
    throw new CacheError('cache_unavailable', 'no connection');
  };
  const sessionStore = new SessionStore({ store: { get: away, set: away, delete: away, touch: away, replace: away, close: away } });
  const without = await ready(await startService({ sessionStore }));

  const recommended = await without.recommend(
    { text: 'a team' },
    { cookie: `__Host-session=${new SessionCookie({ current: 'k'.repeat(32) }).value('a'.repeat(43))}` },
  );

  expect(recommended.status).toBe(200);
  expect((await without.request('/api/sessions', { method: 'POST' })).status).toBe(503);
  expect(await (await fetch(without.metricsUrl)).text()).toContain('recommendation_api_session_failures_total 1');
});

test('writes no text of users into its log', async () => {
  api.categories.away = true;
  await api.recommend({ text: 'my secret plan' }, { cookie });

  expect(api.log.join('')).toContain('"status":503');
  expect(api.log.join('')).not.toMatch(/secret|__Host/);
});
