import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApi } from '../../../examples/recommendation-api/service/api/openapi';
import { OPERATIONS } from '../../../examples/recommendation-api/service/api/operations';
import { DescribedAnswers, type OpenApi, routesOf, validatedVersion } from '../openapi-answers';
import { FakeCategories } from './fakes';
import { ready, type Running, someCategories, startService, stopServices } from './running';

const BUILT = join(__dirname, '../../../dist/examples/recommendation-api/openapi.json');

const document = openApi() as OpenApi;
const described = new DescribedAnswers(document, OPERATIONS);

let api: Running;
let starting: Running;
let away: Running;
let cookie: string;

beforeAll(async () => {
  api = await ready(await startService());
  const categories = new FakeCategories();
  categories.away = true;
  starting = await startService({ categories });
  away = await ready(await startService());
  away.categories.away = true;
  cookie = (await api.request('/api/sessions', { method: 'POST' })).headers.get('set-cookie')!.split(';')[0];
});
afterAll(stopServices);

test('is a valid OpenAPI 3.1 document', () => {
  expect(validatedVersion(BUILT)).toBe('3.1.0');
});

test('is what the service answers and what its image holds', async () => {
  const served = await (await api.request('/api/openapi.json')).json();
  const built: unknown = JSON.parse(readFileSync(BUILT, 'utf8'));

  expect([served, built]).toEqual([document, document]);
});

test('every route of the service is in it, but the internal one', () => {
  const { documented, served } = routesOf(document, OPERATIONS);

  expect(documented).toEqual(served);
  expect(JSON.stringify(document)).not.toMatch(/internal|x-job-signature/);
});

const json = { 'content-type': 'application/json' };
const post = (body: string, headers: Record<string, string> = json): RequestInit => ({ method: 'POST', headers, body });
const any = { headers: { 'if-none-match': '*' } };
const category = `/api/categories/${someCategories[0].id}`;
const late = () => ({ 'plinth-deadline': '1' });

/** A request for every status that can be asked for: operation, status, path, what is sent, and to whom. */
const ASKED: [string, number, string, () => RequestInit, (() => Running)?][] = [
  ['recommend', 200, '/api/recommendations', () => post('{"text":"a team"}')],
  ['recommend', 400, '/api/recommendations', () => post('{')],
  ['recommend', 413, '/api/recommendations', () => post(`{"text":"${'a'.repeat(70_000)}"}`)],
  ['recommend', 415, '/api/recommendations', () => post('text', { 'content-type': 'text/plain' })],
  ['recommend', 422, '/api/recommendations', () => post('{}')],
  ['recommend', 503, '/api/recommendations', () => post('{"text":"a team"}'), () => away],
  ['recommend', 504, '/api/recommendations', () => post('{"text":"slow"}', { ...json, ...late() })],
  ['listCategories', 200, '/api/categories?limit=3&group=Sales', () => ({})],
  ['listCategories', 304, '/api/categories', () => any],
  ['listCategories', 400, '/api/categories?group=%', () => ({})],
  ['listCategories', 422, '/api/categories?limit=x', () => ({})],
  ['listCategories', 503, '/api/categories', () => ({}), () => away],
  ['getCategory', 200, category, () => ({})],
  ['getCategory', 304, category, () => any],
  ['getCategory', 400, '/api/categories/%', () => ({})],
  ['getCategory', 404, '/api/categories/none', () => ({})],
  ['getCategory', 503, category, () => ({}), () => starting],
  ['createSession', 201, '/api/sessions', () => ({ method: 'POST' })],
  ['createSession', 400, '/api/sessions', () => post('[')],
  ['createSession', 413, '/api/sessions', () => post(' '.repeat(70_000))],
  ['createSession', 415, '/api/sessions', () => post('a=b', { 'content-type': 'application/x-www-form-urlencoded' })],
  ['createSession', 422, '/api/sessions', () => post('{"a":1}')],
  ['getSession', 200, '/api/sessions/current', () => ({ headers: { cookie } })],
  ['getSession', 401, '/api/sessions/current', () => ({})],
  ['deleteSession', 401, '/api/sessions/current', () => ({ method: 'DELETE' })],
  ['deleteSession', 204, '/api/sessions/current', () => ({ method: 'DELETE', headers: { cookie } })],
  ['live', 200, '/api/health/live', () => ({})],
  ['ready', 200, '/api/health/ready', () => ({})],
  ['ready', 503, '/api/health/ready', () => ({}), () => starting],
  ['openapi', 200, '/api/openapi.json', () => ({})],
  ['openapi', 304, '/api/openapi.json', () => any],
];

/** Statuses that no single request brings about; the tests of outages, slowness and sessions do. */
const NOT_ASKED = new Set([
  ...['recommend', 'listCategories', 'getCategory', 'createSession', 'getSession', 'deleteSession', 'live', 'ready', 'openapi'].map(
    (id) => `${id} 500`,
  ),
  ...['listCategories', 'getCategory', 'createSession', 'getSession', 'deleteSession', 'live', 'ready', 'openapi'].map((id) => `${id} 504`),
  ...['getSession', 'deleteSession', 'live', 'ready', 'openapi'].map((id) => `${id} 400`),
  ...['createSession', 'getSession', 'deleteSession'].map((id) => `${id} 503`),
]);

test.each(ASKED)('%s answers %i as it is described', async (operationId, status, path, options, to = () => api) => {
  if (status === 504) to().provider.embed = () => new Promise(() => {});
  const response = await to().request(path, options());

  expect(response.status).toBe(status);
  expect(await described.faults(operationId, response)).toEqual([]);
});

test('every status that is described was asked for, or is one that no single request brings about', () => {
  const asked = new Set(ASKED.map(([operationId, status]) => `${operationId} ${status}`));

  expect(described.statuses.filter((one) => !asked.has(one)).toSorted()).toEqual([...NOT_ASKED].toSorted());
});
