import * as fc from 'fast-check';
import { jobsApi } from './api';

const valid = { kind: 'documents.process', input: { page: 1 } };
const seed = 20_260_101;

describe('POST /v1/jobs', () => {
  test('CTX-4.1 answers at once with job_id, status queued and estimated_time_ms', async () => {
    const { send } = jobsApi();

    const { status, headers, json } = await send('/v1/jobs', { body: { ...valid, webhook_url: 'https://hooks.example.com/done' } });

    expect(status).toBe(202);
    expect(json).toEqual({
      job_id: expect.stringMatching(/^job_/),
      status: 'queued',
      estimated_time_ms: 10_000,
      approximate_queue_position: 1,
      webhook: 'planned',
    });
    expect(headers.location).toBe(`/v1/jobs/${json.job_id}`);
  });

  test('says that the same request under the same key is a replay', async () => {
    const { send, written } = jobsApi();
    const body = { ...valid, idempotency_key: 'order-7' };
    const first = await send('/v1/jobs', { body });

    const again = await send('/v1/jobs', { body });

    expect(again.status).toBe(202);
    expect(again.json.job_id).toBe(first.json.job_id);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(written).toHaveLength(1);
  });

  test('answers 409 for another request under the same key', async () => {
    const { send, written } = jobsApi();
    await send('/v1/jobs', { body: { ...valid, idempotency_key: 'k' } });

    const { status, json } = await send('/v1/jobs', { body: { ...valid, input: 2, idempotency_key: 'k' } });

    expect([status, json.type]).toEqual([409, 'urn:plinth:problem:idempotency-conflict']);
    expect(json.detail).toMatch(/^the key was used for job job_\w+ with other content; send the same content, or another key$/);
    expect(written).toHaveLength(1);
  });

  test('DOC-4.2 answers 429 with Retry-After to a tenant with too many queued, 503 when all have', async () => {
    const { send } = jobsApi({ bounds: { perTenant: 1, global: 2 } });
    await send('/v1/jobs', { body: valid });

    const own = await send('/v1/jobs', { body: valid });
    await send('/v1/jobs', { body: valid, tenantId: 'globex' });
    const all = await send('/v1/jobs', { body: valid, tenantId: 'initech' });

    expect([own.status, own.headers['retry-after'], own.json.type, own.json.retry_after]).toEqual([
      429,
      '10',
      'urn:plinth:problem:too-many-queued',
      10,
    ]);
    expect([all.status, all.headers['retry-after'], all.json.type]).toEqual([503, '10', 'urn:plinth:problem:queue-full']);
  });

  test('names every bad field at once: what was given, what is allowed', async () => {
    const { send, written } = jobsApi();

    const { status, headers, json } = await send('/v1/jobs', {
      body: { kind: 'nothing', webhook_url: 'http://example.com', idempotency_key: 'a b', deadline_ms: 1.5, priority: 1 },
    });

    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(json.errors).toEqual([
      { field: 'priority', given: '1', allowed: 'no field but kind, input, webhook_url, idempotency_key, deadline_ms' },
      { field: 'kind', given: '"nothing"', allowed: 'one of documents.process, reports.make' },
      { field: 'input', given: 'nothing', allowed: 'JSON of at most 32768 bytes' },
      { field: 'webhook_url', given: '"http://example.com"', allowed: 'an https URL of a public host, without user and password' },
      { field: 'idempotency_key', given: '"a b"', allowed: '1 to 255 visible ASCII characters without a space' },
      { field: 'deadline_ms', given: '1.5', allowed: 'a whole number from 1000' },
    ]);
    expect(written).toEqual([]);
  });

  test.each([
    ['no JSON', Buffer.from('{'), 'body', '1 bytes', 'JSON in UTF-8'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'body', '3 bytes', 'JSON in UTF-8'],
    ['no object', Buffer.from('[]'), 'body', 'an array of 0', 'a JSON object'],
    [
      'JSON too deep',
      Buffer.from(`{"input":${'['.repeat(40)}${']'.repeat(40)}}`),
      'body',
      'deeper JSON',
      'JSON nested at most 32 levels deep',
    ],
  ])('refuses %s', async (_name, raw, field, given, allowed) => {
    const { send } = jobsApi();
    const { status, json } = await send('/v1/jobs', { raw });
    expect([status, json.errors]).toEqual([400, [{ field, given, allowed }]]);
  });

  test('refuses what is too large or no JSON by its type', async () => {
    const { send } = jobsApi();
    expect(await send('/v1/jobs', { raw: Buffer.alloc(65_537) })).toMatchObject({
      status: 413,
      json: { errors: [{ given: '65537 bytes' }] },
    });
    expect(await send('/v1/jobs', { body: { ...valid, input: 'x'.repeat(32_767) } })).toMatchObject({
      status: 400,
      json: { errors: [{ field: 'input', given: '32769 bytes' }] },
    });
    expect(await send('/v1/jobs', { body: valid, headers: { 'content-type': 'text/plain' } })).toMatchObject({
      status: 415,
      json: { errors: [{ field: 'content-type', given: '"text/plain"', allowed: 'application/json' }] },
    });
  });

  test('takes no other scope', async () => {
    const { send } = jobsApi();
    const { status, json } = await send('/v1/jobs', { body: valid, scopes: ['read'] });
    expect([status, json.detail]).toEqual([403, 'the key must have the scope jobs, got read']);
  });

  const anything = fc.record(
    {
      kind: fc.oneof(fc.constant('documents.process'), fc.jsonValue()),
      input: fc.oneof(fc.jsonValue(), fc.constant(undefined)),
      webhook_url: fc.oneof(fc.webUrl(), fc.jsonValue(), fc.constant('https://[::1]/')),
      idempotency_key: fc.oneof(fc.string(), fc.jsonValue()),
      deadline_ms: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
      other: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );

  test('refuses with 4xx and writes nothing, or accepts and writes once: whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (body) => {
        const { send, written } = jobsApi();
        const { status, json } = await send('/v1/jobs', { body });
        const faults: Record<string, string>[] = json.errors ?? [];
        expect([status, written.length, faults.length > 0]).toEqual(status === 202 ? [202, 1, false] : [400, 0, true]);
        expect(faults.filter(({ field, given, allowed }) => !field || !given || !allowed)).toEqual([]);
      }),
      { seed, numRuns: 200 },
    );
  });

  test('refuses with 4xx and writes nothing whatever bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const { send, written } = jobsApi();
        expect((await send('/v1/jobs', { raw: Buffer.from(bytes) })).status).toBe(400);
        expect(written).toEqual([]);
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe('POST /v1/jobs/batch', () => {
  test('CTX-3.1 answers each item as if it had come alone', async () => {
    const { send, written } = jobsApi();
    const jobs = [
      valid,
      { ...valid, kind: 'nothing' },
      7,
      { ...valid, idempotency_key: 'k' },
      { ...valid, input: 0, idempotency_key: 'k' },
    ];

    const { status, json } = await send('/v1/jobs/batch', { body: { jobs } });

    expect(status).toBe(207);
    expect([json.accepted, json.refused]).toEqual([2, 3]);
    expect(json.items.map((item: { index: number; status: number }) => [item.index, item.status])).toEqual([
      [0, 202],
      [1, 400],
      [2, 400],
      [3, 202],
      [4, 409],
    ]);
    expect(json.items[0].job.status).toBe('queued');
    expect(json.items[1].problem.errors).toEqual([
      { field: 'kind', given: '"nothing"', allowed: 'one of documents.process, reports.make' },
    ]);
    expect(json.items[2].problem.errors).toEqual([{ field: 'item', given: '7', allowed: 'a JSON object' }]);
    expect(written).toHaveLength(2);
  });

  test.each([
    [0, 'an array of 0'],
    [101, 'an array of 101'],
  ])('refuses %i items', async (count, given) => {
    const { send, written } = jobsApi();
    const { status, json } = await send('/v1/jobs/batch', { body: { jobs: Array.from({ length: count }, () => valid) } });
    expect([status, json.errors]).toEqual([400, [{ field: 'jobs', given, allowed: 'an array of 1 to 100' }]]);
    expect(written).toEqual([]);
  });

  test('CTX-3.1 takes a hundred at once', async () => {
    const { send, messages } = jobsApi();
    const { json } = await send('/v1/jobs/batch', { body: { jobs: Array.from({ length: 100 }, (_, input) => ({ ...valid, input })) } });
    expect(json.accepted).toBe(100);
    expect(messages.sent).toHaveLength(100);
  });
});
