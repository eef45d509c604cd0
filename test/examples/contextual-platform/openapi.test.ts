import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jobKinds, Jobs, MemoryJobStore } from 'plinth-runtime/jobs';
import { systemClock } from 'plinth-runtime/resilience';
import { openApi } from '../../../examples/contextual-platform/service/api/openapi';
import { OPERATIONS } from '../../../examples/contextual-platform/service/api/operations';
import { DOCUMENT_KIND, DocumentJobs } from '../../../examples/contextual-platform/service/document-jobs';
import { SentMessages } from '../../runtime/jobs/store';
import { DescribedAnswers, type OpenApi, routesOf, validatedVersion } from '../openapi-answers';
import { document as sent, DOCUMENTS, type Running, type Sent, startService, stopServices } from './running';

const BUILT = join(__dirname, '../../../dist/examples/contextual-platform/openapi.json');

const document = openApi() as OpenApi;
const described = new DescribedAnswers(document, OPERATIONS);

let api: Running;
let away: Running;
let full: Running;
let starting: Running;
let stored: string;

const queue = (perTenant: number, global: number) =>
  new DocumentJobs(
    new Jobs({
      store: new MemoryJobStore(systemClock),
      messages: new SentMessages(),
      kinds: jobKinds([DOCUMENT_KIND]),
      randomBytes,
      bounds: { perTenant, global },
    }),
  );

beforeAll(async () => {
  api = await startService({ jobs: queue(100, 100) });
  away = await startService({ jobs: queue(100, 0) });
  away.documents.away = true;
  full = await startService({ jobs: queue(0, 100) });
  starting = await startService({ ping: () => new Promise((_resolve, reject) => setImmediate(reject, new Error('not yet'))) });
  stored = (await api.post(DOCUMENTS, { object_id: 'a', ...sent() })).headers.get('content-location')!;
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
const text = (body: string, headers: Record<string, string> = json): Sent => ({ method: 'POST', headers, body });
const post = (body: unknown, headers?: Record<string, string>): Sent => text(JSON.stringify(body), { ...json, ...headers });
const any = { headers: { 'if-none-match': '*' } };
const nobody = { 'plinth-tenant-id': '' };
const large = () => text(' '.repeat(1_100_000));
const BATCH = `${DOCUMENTS}/batch`;
const ASYNC = `${DOCUMENTS}?async=true`;

/** A request for every status that can be asked for: operation, status, path, what is sent, and to whom. */
const ASKED: [string, number, string, () => Sent, (() => Running)?][] = [
  ['createDocument', 200, DOCUMENTS, () => post({ object_id: 'b', metadata: { url: 'https://example.com' }, ...sent() })],
  ['createDocument', 202, ASYNC, () => post({ document: sent(), webhook_url: 'https://example.com/hook' })],
  ['createDocument', 400, DOCUMENTS, () => text('{')],
  ['createDocument', 401, DOCUMENTS, () => post(sent(), nobody)],
  ['createDocument', 404, '/v1/collections/-/documents', () => post(sent())],
  ['createDocument', 413, DOCUMENTS, large],
  ['createDocument', 415, DOCUMENTS, () => text('text', { 'content-type': 'text/plain' })],
  ['createDocument', 422, DOCUMENTS, () => post({})],
  ['createDocument', 429, ASYNC, () => post({ document: sent() }), () => full],
  ['createDocument', 501, ASYNC, () => post({ document: sent() }), () => starting],
  ['createDocument', 503, DOCUMENTS, () => post(sent()), () => away],
  ['createDocument', 503, ASYNC, () => post({ document: sent() }), () => away],
  ['createDocuments', 207, BATCH, () => post({ documents: [{ object_id: 'a', ...sent() }, {}] })],
  ['createDocuments', 400, BATCH, () => text('{')],
  ['createDocuments', 401, BATCH, () => post({ documents: [sent()] }, nobody)],
  ['createDocuments', 404, '/v1/collections/-/documents/batch', () => post({ documents: [sent()] })],
  ['createDocuments', 413, BATCH, large],
  ['createDocuments', 415, BATCH, () => text('text', { 'content-type': 'text/plain' })],
  ['createDocuments', 422, BATCH, () => post({})],
  ['listDocuments', 200, `${DOCUMENTS}?limit=1`, () => ({})],
  ['listDocuments', 400, `${DOCUMENTS}?url=%`, () => ({})],
  ['listDocuments', 401, DOCUMENTS, () => ({ headers: nobody })],
  ['listDocuments', 404, '/v1/collections/-/documents', () => ({})],
  ['listDocuments', 422, `${DOCUMENTS}?limit=x`, () => ({})],
  ['listDocuments', 503, DOCUMENTS, () => ({}), () => away],
  ['getDocument', 200, 'stored', () => ({})],
  ['getDocument', 304, 'stored', () => any],
  ['getDocument', 400, `${DOCUMENTS}/%`, () => ({})],
  ['getDocument', 401, 'stored', () => ({ headers: nobody })],
  ['getDocument', 404, `${DOCUMENTS}/doc_aaaaaaaaaaaaaaaaaaaaaa`, () => ({})],
  ['getDocument', 503, 'stored', () => ({}), () => away],
  ['live', 200, '/api/health/live', () => ({})],
  ['ready', 200, '/api/health/ready', () => ({})],
  ['ready', 503, '/api/health/ready', () => ({}), () => starting],
  ['openapi', 200, '/api/openapi.json', () => ({})],
  ['openapi', 304, '/api/openapi.json', () => any],
];

/** Statuses that no single request brings about; the tests of batches and of the listener do. */
const NOT_ASKED = new Set([
  ...OPERATIONS.filter(({ operationId }) => operationId !== 'processJob').flatMap(({ operationId }) => [
    `${operationId} 500`,
    `${operationId} 504`,
  ]),
  ...['live', 'ready', 'openapi'].map((id) => `${id} 400`),
]);

test.each(ASKED)('%s answers %i as it is described, at %s', async (operationId, status, path, options, to = () => api) => {
  const response = await to().request(path === 'stored' ? stored : path, options());

  expect(response.status).toBe(status);
  expect(await described.faults(operationId, response)).toEqual([]);
});

test('every status that is described was asked for, or is one that no single request brings about', () => {
  const asked = new Set(ASKED.map(([operationId, status]) => `${operationId} ${status}`));

  expect(described.statuses.filter((one) => !asked.has(one)).toSorted()).toEqual([...NOT_ASKED].toSorted());
});
