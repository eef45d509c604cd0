import Ajv2020 from 'ajv/dist/2020';
import * as fc from 'fast-check';
import { DOCUMENT_SCHEMA } from '../../../examples/contextual-platform/service/api/components';
import { documentFaults } from '../../../examples/contextual-platform/service/document-check';
import type { DocumentInput } from '../../../examples/contextual-platform/service/documents';
import { localExtractors } from '../../../examples/contextual-platform/service/extractors/registry';
import { faultsOf } from '../../../examples/shared/api/schema';
import { BAD_REQUESTS, bodies, targets } from './bad-requests';
import { DOCUMENTS, type Running, startService, stopServices } from './running';

const validate = new Ajv2020({ strict: false, allErrors: true }).compile(DOCUMENT_SCHEMA);
const extractors = localExtractors();
const runs = { seed: 20_261_125, numRuns: 150 };

let api: Running;

beforeAll(async () => {
  api = await startService();
});
afterAll(stopServices);

interface Problem {
  readonly status: number;
  readonly errors?: readonly { readonly field: string; readonly allowed: string; readonly given: string }[];
}

test.each(BAD_REQUESTS.map((bad) => [bad.name, bad] as const))(
  'refuses %s and names every bad field',
  async (_, { path, init, status, fields }) => {
    const response = await api.request(path, init);
    const problem = (await response.json()) as Problem;

    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(problem.errors?.map(({ field }) => field)).toEqual(fields);
    expect(problem.errors?.filter(({ allowed, given }) => allowed === '' || given === '') ?? []).toEqual([]);
  },
);

test('names the extractors and versions that there are', async () => {
  const of = async (id: string, version: string) => {
    const answer = await api.post(DOCUMENTS, { features: [{ feature_extractor_id: id, version, payload: { text: 'a' } }] });
    return ((await answer.json()) as Problem).errors?.[0].allowed;
  };

  expect([await of('none', 'v1'), await of('taxonomy', 'v1')]).toEqual([
    'one of "keywords", "taxonomy"',
    'one of "v2.0", "v2.1" for taxonomy',
  ]);
});

test('checks the shape of a document as a validator of JSON Schema does', () => {
  fc.assert(
    fc.property(bodies, (body) => {
      expect(faultsOf(DOCUMENT_SCHEMA, body).length === 0).toBe(validate(body));
    }),
    { ...runs, numRuns: 1_000 },
  );
});

test('wrote nothing for any of these', () => {
  expect([api.documents.writes, api.log.join('')]).toEqual([0, expect.not.stringContaining('request failed')]);
});

test('takes a document when and only when it is right, alone and in a batch, and never fails', async () => {
  let right = 0;
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const isRight = documentFaults(body, extractors).length === 0;
      const before = api.documents.writes;
      const { status } = await api.post(DOCUMENTS, body);
      const object_id = isRight ? ((body as DocumentInput).object_id ?? 'a') : undefined;
      const together = await api.post(`${DOCUMENTS}/batch`, { documents: [isRight ? { ...(body as object), object_id } : body] });
      const { items } = (await together.json()) as { items: readonly { status: number }[] };

      right += Number(isRight);
      const unasked = isRight ? 0 : api.documents.writes - before;
      expect([status, items[0].status, unasked]).toEqual(isRight ? [200, 200, 0] : [422, 422, 0]);
    }),
    runs,
  );
  expect(right).toBeGreaterThan(20);
});

test('answers every target, and none with a failure', async () => {
  await fc.assert(
    fc.asyncProperty(targets, async (target) => {
      expect([200, 400, 404, 405, 422]).toContain((await api.request(target)).status);
    }),
    runs,
  );
});

test('failed at none of them, and leaves what others share as it was', () => {
  expect(api.log.join('')).not.toContain('failed');
  expect(Object.keys(Object.prototype)).toEqual([]);
});
