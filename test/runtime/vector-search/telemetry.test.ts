import { type Attributes, type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { VectorSearch } from 'plinth-runtime/vector-search';
import { Registry } from 'prom-client';

interface Recorded {
  readonly name: string;
  readonly attributes: Attributes;
  status?: number;
  ended: boolean;
}

/** A tracer that keeps what it is told. */
class RecordingTracer {
  readonly spans: Recorded[] = [];

  startActiveSpan(name: string, options: { attributes: Attributes }, work: (span: Span) => unknown): unknown {
    const recorded: Recorded = { name, attributes: { ...options.attributes }, ended: false };
    this.spans.push(recorded);
    const span = {
      setAttribute: (key: string, value: string) => Object.assign(recorded.attributes, { [key]: value }),
      setStatus: ({ code }: { code: SpanStatusCode }) => (recorded.status = code),
      end: () => (recorded.ended = true),
    };
    return work(span as unknown as Span);
  }
}

const EMBEDDING = [1, 0, 0];
const found = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    id: `${at}`,
    content: '',
    metadata: {},
    created_at: new Date(0),
    distance: 0,
    rank: 1,
    exact: true,
  }));

describe('telemetry of vectors', () => {
  let tracer: RecordingTracer;
  let registry: Registry;
  let answer: () => Promise<unknown[]>;
  let search: VectorSearch;

  beforeEach(() => {
    tracer = new RecordingTracer();
    registry = new Registry();
    const client = { query: <Row>() => answer() as Promise<Row[]> };
    const database = { read: client, write: client, transaction: <T>(work: (on: typeof client) => Promise<T>) => work(client) };
    search = new VectorSearch({ database, table: 'things', dimensions: 3, registry, tracer: tracer as unknown as Tracer });
  });

  it.each([
    [0, '0'],
    [1, '1-10'],
    [10, '1-10'],
    [11, '11-100'],
    [101, '101-1000'],
  ])('VEC-1.1 count %d results in the bucket %s', async (count, bucket) => {
    answer = () => Promise.resolve(found(count));
    await search.text({ query: 'x', limit: 1_000 });
    expect(await registry.metrics()).toContain(`vector_search_duration_seconds_count{query_type="text",result_count="${bucket}"} 1`);
  });

  it('VEC-1.1 tell exact from near, and hybrid from its parts', async () => {
    answer = () => Promise.resolve(found(3));
    await search.nearest({ embedding: EMBEDDING, limit: 3 });
    await search.nearest({ embedding: EMBEDDING, limit: 3, exact: true });
    await search.hybrid({ embedding: EMBEDDING, query: 'x', limit: 3 });
    const text = await registry.metrics();
    const count = (type: string) =>
      new RegExp(`vector_search_duration_seconds_count{query_type="${type}",result_count="1-10"} (\\d+)`).exec(text)?.[1];
    expect(['nearest', 'exact', 'text', 'hybrid'].map(count)).toEqual(['2', '1', '1', '1']);
  });

  it('VEC-1.2 time writes and reads', async () => {
    answer = () => Promise.resolve([]);
    await search.upsert([{ id: 'a', embedding: EMBEDDING, content: '', metadata: {} }]);
    await search.get('a');
    const text = await registry.metrics();
    expect([/vector_write_duration_seconds_count 1/.test(text), /vector_read_duration_seconds_count 1/.test(text)]).toEqual([true, true]);
  });

  it('VEC-1.2 tell by how much the index grew', async () => {
    const sizes = [1_000, 1_500];
    answer = () => Promise.resolve([{ bytes: sizes.shift() }]);
    await search.indexBytes();
    await search.indexBytes();
    const text = await registry.metrics();
    expect(text).toContain('vector_index_memory_bytes{table="app.things"} 1500');
    expect(text).toContain('vector_index_growth_bytes{table="app.things"} 500');
  });

  it('VEC-1.4 are a span for each operation, with no value of it', async () => {
    answer = () => Promise.resolve(found(2));
    await search.nearest({ embedding: EMBEDDING, limit: 5 });
    await search.upsert([{ id: 'a', embedding: EMBEDDING, content: 'secret', metadata: {} }]);
    const common = { 'db.system.name': 'postgresql', 'db.collection.name': 'app.things' };
    expect(tracer.spans).toEqual([
      {
        name: 'vector.search nearest',
        attributes: { ...common, 'plinth.vector.limit': 5, 'plinth.vector.exact': true, 'db.response.returned_rows': 2 },
        ended: true,
      },
      { name: 'vector.upsert', attributes: { ...common, 'db.operation.batch.size': 1 }, ended: true },
    ]);
  });

  it('VEC-1.4 mark what failed by its code alone', async () => {
    answer = () => Promise.reject(Object.assign(new Error('secret'), { code: 'statement-timeout' }));
    await expect(search.text({ query: 'x', limit: 1 })).rejects.toThrow('secret');
    expect(tracer.spans).toEqual([
      expect.objectContaining({
        status: SpanStatusCode.ERROR,
        ended: true,
        attributes: expect.objectContaining({ 'error.type': 'statement-timeout' }),
      }),
    ]);
    expect(JSON.stringify(tracer.spans)).not.toContain('secret');
  });

  it('go nowhere, and hinder nothing, where nobody listens', async () => {
    answer = () => Promise.resolve(found(1));
    const client = { query: <Row>() => answer() as Promise<Row[]> };
    const silent = new VectorSearch({
      database: { read: client, write: client, transaction: (work) => work(client) },
      table: 'things',
      dimensions: 3,
    });
    expect(await silent.nearest({ embedding: EMBEDDING, limit: 1 })).toHaveLength(1);
  });

  it('of two tables share a registry', async () => {
    answer = () => Promise.resolve(found(1));
    const client = { query: <Row>() => answer() as Promise<Row[]> };
    const other = new VectorSearch({
      database: { read: client, write: client, transaction: (work) => work(client) },
      table: 'others',
      dimensions: 3,
      registry,
    });
    await other.text({ query: 'x', limit: 1 });
    await search.text({ query: 'x', limit: 1 });
    expect(await registry.metrics()).toContain('vector_search_duration_seconds_count{query_type="text",result_count="1-10"} 2');
  });
});
