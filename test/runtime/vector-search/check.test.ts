import {
  InvalidQueryError,
  InvalidRowError,
  type SearchFilter,
  VectorSearch,
  type VectorRow,
  vectorTable,
} from 'plinth-runtime/vector-search';

const ROW: VectorRow = { id: 'a', embedding: [1, 0, 0], content: 'text', metadata: {} };
const NUL = 'a\0b';

function subject() {
  const sent: unknown[] = [];
  const client = { query: <Row>() => (sent.push(1), Promise.resolve<Row[]>([])) };
  const database = { read: client, write: client, transaction: <T>(work: (on: typeof client) => Promise<T>) => work(client) };
  return { sent, search: new VectorSearch({ database, table: 'things', dimensions: 3 }) };
}

describe('a row', () => {
  it.each<[Partial<Record<keyof VectorRow, unknown>>, string, string]>([
    [{ id: '' }, 'id', 'a text, got an empty one'],
    [{ id: 7 }, 'id', 'a text, got number'],
    [{ id: 'x'.repeat(513) }, 'id', 'at most 512 bytes, got 513'],
    [{ id: NUL }, 'id', 'a text without NUL, got one; PostgreSQL stores none: remove it'],
    [{ embedding: 'x' }, 'embedding', 'a list of numbers, got something else'],
    [{ embedding: [1, 2] }, 'embedding', '3 numbers, got 2; is it of the model that the table was made for?'],
    [{ embedding: [1, NaN, 2] }, 'embedding', 'finite numbers, got another value at 1'],
    [{ embedding: [1, 2, Infinity] }, 'embedding', 'finite numbers, got another value at 2'],
    [{ embedding: [1, '2', 3] }, 'embedding', 'finite numbers, got another value at 1'],
    [{ embedding: [1, undefined, 3] }, 'embedding', 'finite numbers, got another value at 1'],
    [{ embedding: [1, 1e39, 3] }, 'embedding', 'numbers of single precision, got a larger one at 1'],
    [{ embedding: [0, 0, 1e-60] }, 'embedding', 'of some direction, got only zeros, which no cosine is defined for'],
    [{ content: NUL }, 'content', 'a text without NUL, got one; PostgreSQL stores none: remove it'],
    [{ content: 'a\ud800' }, 'content', 'well-formed Unicode, got half of a surrogate pair'],
    [{ content: 'ü'.repeat(131_073) }, 'content', 'at most 262144 bytes, got 262146'],
    [{ metadata: null }, 'metadata', 'an object, got something else'],
    [{ metadata: { deep: [{ [NUL]: 1 }] } }, 'metadata', 'a text without NUL, got one; PostgreSQL stores none: remove it'],
    [{ metadata: { half: '\udc00' } }, 'metadata', 'well-formed Unicode, got half of a surrogate pair'],
    [{ metadata: { n: [NaN] } }, 'metadata', 'of finite numbers, got another'],
    [{ metadata: { n: 1n } }, 'metadata', 'writable as JSON, got an object that is not'],
    [{ metadata: { f: undefined } }, 'metadata', 'of JSON values, got undefined'],
    [{ metadata: { text: 'x'.repeat(65_536) } }, 'metadata', 'at most 65536 bytes, got 65547'],
    [{ metadata: { url: 'x'.repeat(2_049) } }, 'metadata.url', 'at most 2048 bytes, got 2049'],
    [{ enrichments: [] }, 'enrichments', 'an object, got something else'],
    [{ enrichments: { taxonomies: 'retail' } }, 'enrichments.taxonomies', 'a list of texts, got something else'],
    [{ enrichments: { taxonomies: [1] } }, 'enrichments.taxonomies', 'a list of texts, got something else'],
  ])('%j is refused by its place and field, and nothing is sent', async (change, field, fault) => {
    const { search, sent } = subject();
    const upserting = search.upsert([ROW, { ...ROW, id: 'b', ...change } as VectorRow]);
    await expect(upserting).rejects.toThrow(InvalidRowError);
    await expect(upserting).rejects.toMatchObject({
      code: 'invalid-row',
      row: 1,
      field,
      message: `upsert: row 1: ${field} must be ${fault}`,
    });
    expect(sent).toEqual([]);
  });

  it('is refused with an id that another has', async () => {
    await expect(subject().search.upsert([ROW, { ...ROW, id: 'b' }, ROW])).rejects.toThrow(
      'upsert: row 2: id must be one of its kind, got that of row 0 again; keep one of them',
    );
  });

  it('is never shown in an error', async () => {
    const secret = { ...ROW, content: 'secret\0', metadata: { secret: 'secret' } };
    await expect(subject().search.upsert([secret])).rejects.not.toThrow('secret');
  });

  it('is none at all: nothing is sent', async () => {
    const { search, sent } = subject();
    await search.upsert([]);
    expect(sent).toEqual([]);
  });

  it('is sent with others in statements of a hundred', async () => {
    const { search, sent } = subject();
    await search.upsert(Array.from({ length: 250 }, (_, at) => ({ ...ROW, id: `${at}` })));
    expect(sent).toHaveLength(3);
  });
});

describe('a search', () => {
  const near = (filter: unknown) => subject().search.nearest({ embedding: [1, 0, 0], limit: 1, filter: filter as SearchFilter });
  it.each<[string, () => Promise<unknown>, string]>([
    ['limit', () => subject().search.nearest({ embedding: [1, 0, 0], limit: 0 }), 'a whole number from 1 to 1000, got 0'],
    ['limit', () => subject().search.text({ query: 'x', limit: 1_001 }), 'a whole number from 1 to 1000, got 1001'],
    ['limit', () => subject().search.hybrid({ query: 'x', embedding: [1, 0, 0], limit: 1.5 }), 'a whole number from 1 to 1000, got 1.5'],
    [
      'embedding',
      () => subject().search.nearest({ embedding: [0, 0, 0], limit: 1 }),
      'of some direction, got only zeros, which no cosine is defined for',
    ],
    ['query', () => subject().search.text({ query: NUL, limit: 1 }), 'a text without NUL, got one; PostgreSQL stores none: remove it'],
    ['query', () => subject().search.text({ query: 'x'.repeat(1_001), limit: 1 }), 'at most 1000 bytes, got 1001'],
    ['filter.metadata', () => near({ metadata: { a: {} } }), 'texts, numbers and booleans, got something else at "a"'],
    ['filter.metadata', () => near({ metadata: { a: NaN } }), 'of finite numbers, got another'],
    ['filter.taxonomies', () => near({ taxonomies: [1] }), 'a list of texts, got something else'],
    ['filter.createdAfter', () => near({ createdAfter: new Date(NaN) }), 'a time, got an invalid one'],
  ])('is refused by its %s', async (field, ask, fault) => {
    const asked = ask();
    await expect(asked).rejects.toThrow(InvalidQueryError);
    await expect(asked).rejects.toMatchObject({ code: 'invalid-query', field, message: `search: ${field} must be ${fault}` });
  });
});

describe('a table', () => {
  it.each(['', 'Upper', '1st', 'a-b', 'x; DROP TABLE y', 'x'.repeat(41)])('is not named %j', (name) => {
    expect(() => vectorTable(name)).toThrow(
      `vector table: the name must be 1 to 40 of a-z, 0-9 and _, not beginning with a digit, got ${JSON.stringify(name)}`,
    );
  });

  it.each([0, 2_001, 1.5])('has not %d dimensions', (dimensions) => {
    expect(() => vectorTable('things', { dimensions })).toThrow(
      `vector table: dimensions must be a whole number from 1 to 2000, which is what HNSW takes, got ${dimensions}`,
    );
  });
});
