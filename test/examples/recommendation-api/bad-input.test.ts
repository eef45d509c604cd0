import Ajv2020 from 'ajv/dist/2020';
import * as fc from 'fast-check';
import { OPERATIONS } from '../../../examples/recommendation-api/service/api/operations';
import type { Operation } from '../../../examples/shared/api/operation';
import { faultsOf } from '../../../examples/shared/api/schema';
import { BAD_REQUESTS, bodies, targets } from './bad-requests';
import { ready, type Running, startService, stopServices } from './running';

const { schema } = (OPERATIONS as readonly Operation[]).find(({ operationId }) => operationId === 'recommend')!.body!;
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'date-time': isDateTime } });
const validate = ajv.compile(schema);

/** RFC 3339 by another way than the service's. */
function isDateTime(text: string): boolean {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|([+-])(\d\d):(\d\d))$/.exec(text);
  if (parts === null) return false;
  const [, day, hours, minutes, seconds, , , , zoneHours = '0', zoneMinutes = '0'] = parts;
  const date = new Date(`${day}T00:00:00Z`);
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
  return isDay && +hours < 24 && +minutes < 60 && +seconds < 60 && +zoneHours < 24 && +zoneMinutes < 60;
}

let api: Running;
let before: string;

beforeAll(async () => {
  api = await ready(await startService());
  before = JSON.stringify([...api.categories.rows]);
});
afterAll(stopServices);

test.each(BAD_REQUESTS.map((bad) => [bad.name, bad] as const))('refuses %s with a problem', async (_, { path, init, status }) => {
  const response = await api.request(path, { ...init, ...(init.body instanceof ReadableStream && { duplex: 'half' }) });

  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ status, type: expect.stringMatching(/^urn:plinth:problem:/), title: expect.any(String) });
});

const runs = { seed: 20_261_125, numRuns: 80 };

test('takes a body when and only when a validator of JSON Schema does, and names what it refuses', async () => {
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const response = await api.recommend(body);
      const { errors } = (await response.json()) as { errors?: readonly { field: string }[] };

      expect([response.status, errors !== undefined]).toEqual(validate(body) ? [200, false] : [422, true]);
    }),
    runs,
  );
});

test('checks a value as a validator of JSON Schema does', () => {
  fc.assert(
    fc.property(bodies, (body) => {
      expect(faultsOf(schema, body).length === 0).toBe(validate(body));
    }),
    { ...runs, numRuns: 1_000 },
  );
});

test('refuses bytes that are not JSON', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(bytes) };

      expect([400, 422]).toContain((await api.request('/api/recommendations', init)).status);
    }),
    runs,
  );
});

test('answers every target, and none with a failure', async () => {
  await fc.assert(
    fc.asyncProperty(targets, async (target) => {
      const { status } = await api.request(target);

      expect([200, 400, 404, 405, 422]).toContain(status);
    }),
    runs,
  );
});

test('takes the longest text of the longest characters', async () => {
  expect((await api.recommend({ text: '\u{1F600}'.repeat(2_000), limit: 1 })).status).toBe(200);
});

test('leaves what others share as it was', () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as { limit?: number }).limit).toBeUndefined();
});

test('wrote nothing for any of these, and failed at none', () => {
  expect(JSON.stringify([...api.categories.rows])).toBe(before);
  expect(api.log.join('')).not.toContain('request failed');
});
