import * as fc from 'fast-check';

/** A request that no route takes. */
export interface BadRequest {
  readonly name: string;
  readonly path: string;
  readonly init: RequestInit;
  readonly status: number;
}

const JSON_TYPE = { 'content-type': 'application/json' };

const recommend = (name: string, status: number, body: RequestInit['body'], headers: Record<string, string> = JSON_TYPE): BadRequest => ({
  name,
  path: '/api/recommendations',
  init: { method: 'POST', headers, body },
  status,
});
const get = (name: string, status: number, path: string): BadRequest => ({ name, path, init: {}, status });

export const SQL = [
  "'; DROP TABLE app.categories; --",
  "' OR '1'='1",
  "x'); DELETE FROM app.categories WHERE ('1'='1",
  '1; UPDATE app.categories SET content = 0',
  '$1::text, pg_sleep(10)',
  '%27%20UNION%20SELECT%20NULL--',
  '\\x27; TRUNCATE app.categories',
  '{"$gt":""}',
];

const vector = (length: number) => `[${Array(length).fill('0.1').join(',')}]`;

export const BAD_REQUESTS: readonly BadRequest[] = [
  recommend('no body', 422, undefined),
  recommend('no body, and no type', 422, undefined, {}),
  recommend('an empty body', 422, ''),
  recommend('another content type', 415, '{"text":"a"}', { 'content-type': 'text/plain' }),
  recommend('another charset', 415, '{"text":"a"}', { 'content-type': 'application/json; charset=utf-16' }),
  recommend('a compressed body', 415, '{"text":"a"}', { ...JSON_TYPE, 'content-encoding': 'gzip' }),
  recommend('bytes that are not UTF-8', 400, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  recommend('a surrogate in UTF-8', 400, Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')])),
  recommend('10 MB', 413, `{"text":"${'a'.repeat(10_000_000)}"}`),
  recommend('10 MB without a length', 413, new Blob(['{"text":"', 'a'.repeat(10_000_000), '"}']).stream()),
  recommend('half of a JSON text', 400, '{"text":"a"'),
  recommend('two JSON texts', 400, '{"text":"a"}{"text":"b"}'),
  recommend('NaN', 400, '{"text":"a","limit":NaN}'),
  recommend('Infinity', 400, '{"text":"a","limit":Infinity}'),
  recommend('a number too large for a double', 422, '{"text":"a","limit":1e999}'),
  recommend('10,000 arrays in each other', 400, `${'['.repeat(10_000)}${']'.repeat(10_000)}`),
  recommend('10,000 objects in each other', 400, `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
  recommend('a key given twice', 400, '{"text":"a","text":"b"}'),
  recommend('a key given twice, once escaped', 400, '{"text":"a","t\\u0065xt":"b"}'),
  recommend('a key given twice in the filter', 400, '{"text":"a","filter":{"group":"a","group":"b"}}'),
  recommend('__proto__', 422, '{"text":"a","__proto__":{"limit":1}}'),
  recommend('__proto__ in the filter', 422, '{"text":"a","filter":{"__proto__":{"group":"Sales"}}}'),
  recommend('constructor', 422, '{"text":"a","constructor":{"prototype":{"limit":1}}}'),
  recommend('toString in the filter', 422, '{"text":"a","filter":{"toString":"x"}}'),
  recommend('an unknown field', 422, '{"text":"a","page":2}'),
  recommend('a vector of 1,537 numbers', 422, `{"text":"a","embedding":${vector(1_537)}}`),
  recommend('a vector in place of the text', 422, `{"text":${vector(1_536)}}`),
  recommend('NUL', 422, '{"text":"a\\u0000b"}'),
  recommend('NUL in the filter', 422, '{"text":"a","filter":{"group":"\\u0000"}}'),
  recommend('half of a surrogate pair', 422, '{"text":"a\\ud800"}'),
  recommend('half of a surrogate pair in a tag', 422, '{"text":"a","filter":{"taxonomies":["\\udc00"]}}'),
  recommend('white space alone', 422, '{"text":" \\t\\n "}'),
  recommend('2,001 characters', 422, JSON.stringify({ text: 'a'.repeat(2_001) })),
  recommend('an array', 422, '[]'),
  recommend('null', 422, 'null'),
  recommend('a string', 422, '"text"'),
  recommend('eleven tags', 422, JSON.stringify({ text: 'a', filter: { taxonomies: Array(11).fill('tag') } })),
  recommend('no tags', 422, '{"text":"a","filter":{"taxonomies":[]}}'),
  recommend('30 February', 422, '{"text":"a","filter":{"createdAfter":"2026-02-30T00:00:00Z"}}'),
  recommend('a date without a time', 422, '{"text":"a","filter":{"createdAfter":"2026-02-03"}}'),
  recommend('the year 275761', 422, '{"text":"a","filter":{"createdAfter":"+275761-01-01T00:00:00Z"}}'),
  ...SQL.map((sql) => recommend(`SQL as the limit: ${sql}`, 422, JSON.stringify({ text: 'a', limit: sql }))),
  ...SQL.map((sql) => recommend(`SQL as the time: ${sql}`, 422, JSON.stringify({ text: 'a', filter: { createdAfter: sql } }))),
  ...SQL.map((sql) => recommend(`SQL as a field: ${sql}`, 422, JSON.stringify({ text: 'a', filter: { [sql]: sql } }))),
  ...SQL.map((sql) => get(`SQL as an id: ${sql}`, 404, `/api/categories/${encodeURIComponent(sql)}`)),
  ...SQL.map((sql) => get(`SQL as a cursor: ${sql}`, 422, `/api/categories?cursor=${encodeURIComponent(sql)}`)),
  ...SQL.map((sql) => get(`SQL inside a cursor: ${sql}`, 422, `/api/categories?cursor=${Buffer.from(sql).toString('base64url')}`)),
  get('an id of 10,000 characters', 404, `/api/categories/${'a'.repeat(10_000)}`),
  get('NUL in an id', 404, '/api/categories/%00'),
  get('bad percent-encoding of an id', 400, '/api/categories/%c3%28'),
  get('bad percent-encoding of a query', 400, '/api/categories?group=%c3%28'),
  get('NUL in a query', 422, '/api/categories?group=%00'),
  get('a parameter given twice', 400, '/api/categories?limit=1&limit=1'),
  get('__proto__ in a query', 422, '/api/categories?__proto__=1'),
  get('a limit of 1e3', 422, '/api/categories?limit=1e3'),
  get('a limit of 2^53', 422, '/api/categories?limit=9007199254740993'),
  get('an unknown parameter', 422, '/api/categories?order=desc'),
  get('dot segments', 400, '/api/categories/..%2f..%2fetc'),
  { name: 'a body of a session', path: '/api/sessions', init: { method: 'POST', headers: JSON_TYPE, body: '{"queries":[]}' }, status: 422 },
];

/** Every text field of every route, filled. */
export function withText(text: string): readonly { readonly path: string; readonly init: RequestInit }[] {
  const query = encodeURIComponent(text);
  const body = JSON.stringify({ text, filter: { group: text, program: text, taxonomies: [text] } });
  return [
    { path: '/api/recommendations', init: { method: 'POST', headers: JSON_TYPE, body } },
    { path: `/api/categories?group=${query}&program=${query}`, init: {} },
  ];
}

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('', ' ', '\u0000', '\ud800', ...SQL));
const anything = fc.jsonValue({ maxDepth: 2 });

/** Bodies that are right, nearly right, and anything. */
export const bodies: fc.Arbitrary<unknown> = fc.oneof(
  anything,
  fc.record(
    {
      text: fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: anything }),
      limit: fc.oneof(fc.integer({ min: -1, max: 52 }), fc.double(), anything),
      filter: fc.oneof(
        fc.record(
          {
            group: fc.oneof(text, anything),
            program: text,
            taxonomies: fc.oneof(fc.array(text, { maxLength: 12 }), anything),
            createdAfter: fc.oneof(
              fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
              fc.constantFrom('2026-02-30T00:00:00Z', '2026-01-01T00:00:00+25:00', '2026-01-01', '2026-01-01T10:00:00+02:00'),
              text,
            ),
            other: anything,
          },
          { requiredKeys: [] },
        ),
        anything,
      ),
    },
    { requiredKeys: ['text'] },
  ),
);

/** What may stand in a request target, right or wrong. */
export const targets: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('/api/categories', '/api/categories/', '/api/health/', '/api/', '/'),
    fc.array(
      fc.oneof(
        fc.constantFrom('%', '%00', '%ff', '?', '&', '=', 'limit', 'cursor', 'group', '/', '..', '+', ';', '1'),
        fc.string({ maxLength: 4 }).map(encodeURIComponent),
      ),
      {
        maxLength: 8,
      },
    ),
  )
  .map(([start, rest]) => start + rest.join(''));
