import { type Attributes, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { Gauge, Histogram, type Metric, type Registry } from 'prom-client';

export type QueryType = 'nearest' | 'exact' | 'text' | 'hybrid';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** A count as it is would be a series each. */
export function countBucket(count: number): string {
  if (count === 0) return '0';
  if (count <= 10) return '1-10';
  return count <= 100 ? '11-100' : '101-1000';
}

/** Metrics where a registry is given, spans where a tracer provider is registered. */
export class Telemetry {
  private readonly metrics: ReturnType<typeof registered> | undefined;
  private indexBytes: number | undefined;

  constructor(
    private readonly table: string,
    registry: Registry | undefined,
    private readonly tracer: Tracer = trace.getTracer('plinth-runtime/vector-search'),
  ) {
    this.metrics = registry && registered(registry);
  }

  search<T extends readonly unknown[]>(type: QueryType, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
    return this.span(`vector.search ${type}`, attributes, async (span) => {
      const result = await this.timed(
        (seconds, found) => this.metrics?.search.observe({ query_type: type, result_count: countBucket(found.length) }, seconds),
        () => work(span),
      );
      span.setAttribute('db.response.returned_rows', result.length);
      return result;
    });
  }

  write<T>(rows: number, work: () => Promise<T>): Promise<T> {
    return this.span('vector.upsert', { 'db.operation.batch.size': rows }, () =>
      this.timed((seconds) => this.metrics?.write.observe(seconds), work),
    );
  }

  read<T>(work: () => Promise<T>): Promise<T> {
    return this.span('vector.get', {}, () => this.timed((seconds) => this.metrics?.read.observe(seconds), work));
  }

  span<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
    const common = { 'db.system.name': 'postgresql', 'db.collection.name': this.table };
    return this.tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes: { ...common, ...attributes } }, async (span) => {
      try {
        return await work(span);
      } catch (error) {
        // The code alone: no message leaves with the trace.
        const code = (error as { code?: unknown }).code;
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute('error.type', typeof code === 'string' ? code : 'unknown');
        throw error;
      } finally {
        span.end();
      }
    });
  }

  measuredIndex(bytes: number): void {
    this.metrics?.indexBytes.set({ table: this.table }, bytes);
    this.metrics?.indexGrowth.set({ table: this.table }, bytes - (this.indexBytes ?? bytes));
    this.indexBytes = bytes;
  }

  measuredRecall(recall: number): void {
    this.metrics?.recall.set({ table: this.table }, recall);
  }

  private async timed<T>(observe: (seconds: number, result: T) => void, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    observe((performance.now() - began) / 1000, result);
    return result;
  }
}

function registered(registry: Registry) {
  const registers = [registry];
  /** Several tables share a registry. */
  const once = <T extends Metric>(name: string, make: () => T): T => (registry.getSingleMetric(name) as T | undefined) ?? make();
  const histogram = (name: string, help: string, labelNames: string[] = []) =>
    once(name, () => new Histogram({ name, help, labelNames, registers, buckets: SECONDS }));
  const gauge = (name: string, help: string) => once(name, () => new Gauge({ name, help, labelNames: ['table'], registers }));
  return {
    search: histogram('vector_search_duration_seconds', 'Time of a search that was answered', ['query_type', 'result_count']),
    write: histogram('vector_write_duration_seconds', 'Time of an upsert'),
    read: histogram('vector_read_duration_seconds', 'Time of reading one row by its id'),
    indexBytes: gauge('vector_index_memory_bytes', 'Size of the HNSW index; what it takes of memory when all of it is cached'),
    indexGrowth: gauge('vector_index_growth_bytes', 'By how much the HNSW index grew between the last two measurements'),
    recall: gauge('vector_search_recall', 'Share of the exact neighbours that the index found, at the last measurement'),
  };
}
