import type { Tracer } from '@opentelemetry/api';
import type { Registry } from 'prom-client';
import { checkEmbedding, checkFilter, checkLimit, checkRows, checkText, MOST_RESULTS } from './check';
import { fuse } from './fuse';
import { exactStatement, indexStatement, type SqlStatement, textStatement } from './statements';
import { checkDimensions, DIMENSIONS, embeddingIndex, qualified } from './table';
import { Telemetry } from './telemetry';
import type { HybridQuery, Match, NearestQuery, StoredRow, TextQuery, VectorDatabase, VectorRow } from './types';
import { BATCH, upsertStatement } from './upsert';

export interface VectorSearchOptions {
  readonly database: VectorDatabase;
  /** A table made by `vectorTable`. */
  readonly table: string;
  /** @default 1536 */
  readonly dimensions?: number;
  /** How many neighbours the index keeps in view: more finds better and takes longer, 1 to 1,000. @default 100 */
  readonly efSearch?: number;
  /** Up to how many rows that pass the filter are compared one by one. @default 1000 */
  readonly exactUpTo?: number;
  /** Where the metrics are registered. @default nowhere */
  readonly registry?: Registry;
  /** @default of the registered provider; without one, spans go nowhere */
  readonly tracer?: Tracer;
}

const EF_SEARCH = 100;
const EXACT_UP_TO = 1_000;
/** Neighbours and texts that are fused: more than are asked for, as the best of both may be high in neither. */
const FUSED_OF_EACH = { factor: 4, least: 50 };

type Found = Omit<Match, 'createdAt' | 'score'> & { readonly created_at: Date; readonly distance: number; readonly exact?: boolean };

/**
 * Search in a vector table: by meaning, by words, or both.
 *
 * @example
 * const categories = new VectorSearch({ database, table: 'categories' });
 * const matches = await categories.nearest({ embedding, limit: 10, filter: { taxonomies: ['retail'] }, signal });
 */
export class VectorSearch {
  private readonly table: string;
  private readonly dimensions: number;
  private readonly telemetry: Telemetry;
  private readonly scan: { readonly efSearch: number; readonly exactUpTo: number };

  constructor(private readonly options: VectorSearchOptions) {
    this.table = qualified(options.table);
    this.dimensions = checkDimensions(options.dimensions ?? DIMENSIONS);
    this.scan = { efSearch: options.efSearch ?? EF_SEARCH, exactUpTo: options.exactUpTo ?? EXACT_UP_TO };
    this.telemetry = new Telemetry(this.table, options.registry, options.tracer);
  }

  /** Writes all rows or none. */
  async upsert(rows: readonly VectorRow[]): Promise<void> {
    checkRows(rows, this.dimensions);
    if (rows.length === 0) return;
    await this.telemetry.write(rows.length, () =>
      this.options.database.transaction(async (client) => {
        for (let at = 0; at < rows.length; at += BATCH) {
          const { text, values } = upsertStatement(this.table, rows.slice(at, at + BATCH));
          await client.query(text, values);
        }
      }),
    );
  }

  async get(id: string): Promise<StoredRow | undefined> {
    const text = `SELECT id, embedding::text, content, metadata, enrichments, created_at, updated_at FROM ${this.table} WHERE id = $1`;
    const [row] = await this.telemetry.read(() => this.run<StoredSql>({ text, values: [id] }));
    if (row === undefined) return undefined;
    const { embedding, created_at: createdAt, updated_at: updatedAt, ...rest } = row;
    return { ...rest, embedding: JSON.parse(embedding) as number[], createdAt, updatedAt };
  }

  /** The nearest by cosine, nearest first. The index answers, or every row that passes where those are few or where it finds too few. */
  async nearest(query: NearestQuery): Promise<Match[]> {
    this.check(query);
    checkEmbedding(query.embedding, this.dimensions);
    return this.telemetry.search(query.exact ? 'exact' : 'nearest', { 'plinth.vector.limit': query.limit }, async (span) => {
      if (!query.exact) {
        const found = await this.run<Found>(indexStatement(this.table, query, this.scan), query.signal);
        const exact = found.length === 0 || found[0].exact === true;
        span.setAttribute('plinth.vector.exact', exact);
        if (found.length === query.limit || (exact && found.length > 0)) return found.map(toMatch);
      }
      return (await this.run<Found>(exactStatement(this.table, query), query.signal)).map(toMatch);
    });
  }

  /** Rows that have the words, most relevant first. */
  async text(query: TextQuery): Promise<Match[]> {
    this.check(query);
    checkText(query.query);
    return this.telemetry.search('text', { 'plinth.vector.limit': query.limit }, async () => {
      const found = await this.run<Omit<Found, 'distance'> & { rank: number }>(textStatement(this.table, query), query.signal);
      return found.map(({ id, rank, content, metadata, created_at: createdAt }) => ({ id, score: rank, content, metadata, createdAt }));
    });
  }

  /** By meaning and by words, ranked by the sum of reciprocal ranks. */
  async hybrid(query: HybridQuery): Promise<Match[]> {
    checkLimit(query.limit);
    const limit = Math.min(MOST_RESULTS, Math.max(FUSED_OF_EACH.least, query.limit * FUSED_OF_EACH.factor));
    return this.telemetry.search('hybrid', { 'plinth.vector.limit': query.limit }, async () => {
      const lists = await Promise.all([this.nearest({ ...query, limit }), this.text({ ...query, limit })]);
      return fuse(lists, query.limit);
    });
  }

  /** The share of the exact nearest that the index finds, over a seeded sample of the table's own vectors. */
  async recall({ sample, limit, seed = 1 }: { readonly sample: number; readonly limit: number; readonly seed?: number }): Promise<number> {
    checkLimit(limit);
    const text = `SELECT embedding::text FROM ${this.table} ORDER BY md5(id || $1), id LIMIT $2`;
    const probes = await this.run<{ embedding: string }>({ text, values: [String(seed), sample] });
    let found = 0;
    let wanted = 0;
    for (const probe of probes) {
      const query = { embedding: JSON.parse(probe.embedding) as number[], limit };
      const exact = await this.run<Found>(exactStatement(this.table, query));
      const ids = new Set((await this.run<Found>(indexStatement(this.table, query, { ...this.scan, exactUpTo: 0 }))).map(({ id }) => id));
      found += exact.filter(({ id }) => ids.has(id)).length;
      wanted += exact.length;
    }
    const recall = wanted === 0 ? 1 : found / wanted;
    this.telemetry.measuredRecall(recall);
    return recall;
  }

  /** Bytes of the HNSW index. */
  async indexBytes(): Promise<number> {
    const text = 'SELECT pg_relation_size($1::regclass)::float8 AS bytes';
    const [{ bytes }] = await this.run<{ bytes: number }>({ text, values: [embeddingIndex(this.options.table)] });
    this.telemetry.measuredIndex(bytes);
    return bytes;
  }

  private check({ limit, filter = {} }: Pick<TextQuery, 'limit' | 'filter'>): void {
    checkLimit(limit);
    checkFilter(filter);
  }

  private run<Row extends object>({ text, values }: SqlStatement, signal?: AbortSignal): Promise<Row[]> {
    return this.options.database.read.query<Row>(text, values, { signal });
  }
}

type StoredSql = Omit<StoredRow, 'embedding' | 'createdAt' | 'updatedAt'> & {
  readonly embedding: string;
  readonly created_at: Date;
  readonly updated_at: Date;
};

function toMatch({ id, distance, content, metadata, created_at: createdAt }: Found): Match {
  return { id, score: 1 - distance, content, metadata, createdAt };
}
