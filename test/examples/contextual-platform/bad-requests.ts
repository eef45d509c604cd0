import * as fc from 'fast-check';
import { document, DOCUMENTS, keywords, type Sent, taxonomy, TEXT } from './running';

/** A request that no route takes, and the fields that are named. */
export interface BadRequest {
  readonly name: string;
  readonly path: string;
  readonly init: Sent;
  readonly status: number;
  readonly fields?: readonly string[];
}

const JSON_TYPE = { 'content-type': 'application/json' };
const [feature] = document().features;

const raw = (name: string, status: number, body: RequestInit['body'], headers: Record<string, string> = JSON_TYPE): BadRequest => ({
  name,
  path: DOCUMENTS,
  init: { method: 'POST', headers, body },
  status,
});
const post = (name: string, body: unknown, fields: readonly string[]): BadRequest => ({ ...raw(name, 422, JSON.stringify(body)), fields });
const get = (name: string, status: number, path: string, fields?: readonly string[]): BadRequest => ({
  name,
  path,
  init: {},
  status,
  fields,
});
const batch = (name: string, body: unknown, fields: readonly string[]): BadRequest => ({
  ...post(name, body, fields),
  path: `${DOCUMENTS}/batch`,
});

export const SQL = [
  "'; DROP TABLE app.documents; --",
  "x'); DELETE FROM app.documents WHERE ('1'='1",
  '$1::text, pg_sleep(10)',
  '\\x27; TRUNCATE app.documents',
];

export const BAD_REQUESTS: readonly BadRequest[] = [
  { ...raw('no body', 422, undefined), fields: [''] },
  raw('another content type', 415, '{}', { 'content-type': 'text/plain' }),
  raw('bytes that are not UTF-8', 400, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  raw('half of a JSON text', 400, '{"features":['),
  raw('a key given twice', 400, '{"features":[],"features":[]}'),
  raw('10,000 arrays in each other', 400, '['.repeat(10_000) + ']'.repeat(10_000)),
  raw('2 MB', 413, JSON.stringify(document('a'.repeat(1_000_000)))),
  post('nothing', {}, ['features']),
  post('no features', { features: [] }, ['features']),
  post('eleven features', { features: Array(11).fill(feature) }, ['features']),
  post('features that are none', { features: [{}, 1] }, [
    'features[0].feature_extractor_id',
    'features[0].version',
    'features[0].payload',
    'features[1]',
  ]),
  post('an unknown extractor', { features: [{ ...feature, feature_extractor_id: 'sentiment' }] }, ['features[0].feature_extractor_id']),
  post('an extractor of all objects', { features: [{ ...feature, feature_extractor_id: 'constructor' }] }, [
    'features[0].feature_extractor_id',
  ]),
  post('an unknown version', { features: [taxonomy(TEXT, 'v3.0')] }, ['features[0].version']),
  post('a version of another extractor', { features: [taxonomy(TEXT, 'v1.0')] }, ['features[0].version']),
  post('one extractor twice', { features: [keywords(), keywords('other')] }, ['features[1].feature_extractor_id']),
  post('every bad field at once', { features: [taxonomy(TEXT, 'v0'), keywords(TEXT, 'v0')] }, [
    'features[0].version',
    'features[1].version',
  ]),
  post('an unknown version beside a bad shape', { object_id: 1, features: [taxonomy(TEXT, 'v0'), { ...keywords(''), version: 'v0' }, 1] }, [
    'object_id',
    'features[1].payload.text',
    'features[2]',
    'features[0].version',
    'features[1].version',
  ]),
  post('no text', { features: [{ ...feature, payload: {} }] }, ['features[0].payload.text']),
  post('white space alone', { features: [taxonomy(' \n')] }, ['features[0].payload.text']),
  post('NUL', { features: [taxonomy('a\u0000b')] }, ['features[0].payload.text']),
  post('half of a surrogate pair', { features: [taxonomy('a\ud800')] }, ['features[0].payload.text']),
  post('50,001 characters', { features: [taxonomy('a'.repeat(50_001))] }, ['features[0].payload.text']),
  post('more text than a row holds', { features: [taxonomy('\u{1F600}'.repeat(30_000)), keywords('\u{1F601}'.repeat(30_000))] }, [
    'features',
  ]),
  post('a URL of another scheme', { features: [{ ...feature, payload: { text: 'a', url: 'javascript:alert(1)' } }] }, [
    'features[0].payload.url',
  ]),
  post('an unknown field of a payload', { features: [{ ...feature, payload: { text: 'a', image: 'b' } }] }, ['features[0].payload.image']),
  post('an empty object_id', { object_id: '', ...document() }, ['object_id']),
  post('NUL in object_id', { object_id: 'a\u0000', ...document() }, ['object_id']),
  post('an object_id of 257 characters', { object_id: 'a'.repeat(257), ...document() }, ['object_id']),
  post('metadata that is a list', { metadata: [], ...document() }, ['metadata']),
  post('a value of metadata that is no text', { metadata: { a: 1 }, ...document() }, ['metadata.a']),
  post('NUL in metadata', { metadata: { a: '\u0000' }, ...document() }, ['metadata.a']),
  post('NUL in a name of metadata', { metadata: { 'a\u0000': 'b' }, ...document() }, ['metadata.a\u0000']),
  post('a name of metadata with a space', { metadata: { 'a b': 'b' }, ...document() }, ['metadata.a b']),
  post('21 names of metadata', { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`n${at}`, 'v'])), ...document() }, [
    'metadata',
  ]),
  post('a URL too long for its index', { metadata: { url: `https://example.com/${'a'.repeat(2_000)}` }, ...document() }, ['metadata.url']),
  {
    ...raw('__proto__ in metadata', 422, `{"metadata":{"__proto__":"a"},"features":[${JSON.stringify(feature)}]}`),
    fields: ['metadata.__proto__'],
  },
  post('an unknown field', { vector: [1], ...document() }, ['vector']),
  batch('a batch of nothing', { documents: [] }, ['documents']),
  batch('a batch that is a document', document(), ['documents', 'features']),
  batch('a batch that is no list', { documents: { length: 1 } }, ['documents']),
  { ...batch('async that is neither true nor false', document(), ['async']), path: `${DOCUMENTS}?async=yes` },
  get('a limit of 0', 422, `${DOCUMENTS}?limit=0`, ['limit']),
  get('an unknown parameter', 422, `${DOCUMENTS}?order=asc`, ['order']),
  get('a parameter given twice', 400, `${DOCUMENTS}?limit=1&limit=1`),
  get('30 February', 422, `${DOCUMENTS}?created_after=2026-02-30T00:00:00Z`, ['created_after']),
  get('NUL in a label', 422, `${DOCUMENTS}?taxonomy=%00`, ['taxonomy']),
  get('a cursor of a bad time', 422, `${DOCUMENTS}?cursor=${cursor('2026-02-30T25:00:00.000Z doc_aaaaaaaaaaaaaaaaaaaaaa')}`, ['cursor']),
  ...SQL.map((sql) => get(`SQL inside a cursor: ${sql}`, 422, `${DOCUMENTS}?cursor=${cursor(sql)}`, ['cursor'])),
  ...SQL.map((sql) => get(`SQL as a collection: ${sql}`, 404, `/v1/collections/${encodeURIComponent(sql)}/documents`)),
  ...SQL.map((sql) => get(`SQL as a document: ${sql}`, 404, `${DOCUMENTS}/${encodeURIComponent(sql)}`)),
  get('a document of nobody', 404, `${DOCUMENTS}/doc_aaaaaaaaaaaaaaaaaaaaaa`),
  get('a GET of the batch', 405, `${DOCUMENTS}/batch`),
];

function cursor(text: string): string {
  return Buffer.from(text).toString('base64url');
}

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('', ' ', '\u0000', '\ud800', 'bread', ...SQL));
const anything = fc.jsonValue({ maxDepth: 2 });
const nearly = (right: fc.Arbitrary<unknown>) => fc.oneof({ weight: 5, arbitrary: right }, { weight: 1, arbitrary: anything });

const right = fc.string({ minLength: 1, maxLength: 30 }).filter((one) => one.trim() !== '');
const payload = fc.oneof(
  fc.record({ text: right, title: right, url: fc.webUrl() }, { requiredKeys: ['text'] }),
  fc.record({ text: nearly(text), title: text, url: nearly(fc.webUrl()) }, { requiredKeys: ['text'] }),
);
const pair = fc.constantFrom(['taxonomy', 'v2.0'], ['taxonomy', 'v2.1'], ['keywords', 'v1.0']);
const rightFeature = fc.tuple(pair, payload).map(([[id, version], read]) => ({ feature_extractor_id: id, version, payload: read }));
const features = fc.oneof(
  { weight: 4, arbitrary: fc.uniqueArray(rightFeature, { minLength: 1, maxLength: 2, selector: (one) => one.feature_extractor_id }) },
  {
    weight: 1,
    arbitrary: fc.array(
      nearly(
        fc.record({
          feature_extractor_id: nearly(fc.constantFrom('taxonomy', 'keywords', 'none')),
          version: nearly(fc.constantFrom('v1.0', 'v2.0', 'v2.1')),
          payload: nearly(payload),
        }),
      ),
      { maxLength: 3 },
    ),
  },
);
const metadata = fc.oneof(
  fc.record({ url: fc.webUrl(), title: right, 'a.b': right }, { requiredKeys: [] }),
  fc.dictionary(fc.oneof(fc.constantFrom('url', 'title'), text), nearly(text), { maxKeys: 3 }),
);

/** Documents that are right, nearly right, and anything. */
export const bodies: fc.Arbitrary<unknown> = nearly(
  fc.record({ object_id: nearly(right), features: nearly(features), metadata: nearly(metadata) }, { requiredKeys: ['features'] }),
);

/** What may stand in a request target, right or wrong. */
export const targets: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(DOCUMENTS, `${DOCUMENTS}/`, '/v1/collections/', '/v1/'),
    fc.array(
      fc.oneof(
        fc.constantFrom('%', '%00', '%ff', '?', '&', '=', 'limit', 'cursor', 'url', 'taxonomy', '/', '..', 'batch', '1'),
        fc.string({ maxLength: 4 }).map(encodeURIComponent),
      ),
      { maxLength: 8 },
    ),
  )
  .map(([start, rest]) => start + rest.join(''));
