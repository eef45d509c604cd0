import type { Queryable } from '../database';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** What is stored under an id; writing an id again replaces all of it but the time it was created. */
export interface VectorRow {
  readonly id: string;
  readonly embedding: readonly number[] | Float32Array;
  readonly content: string;
  /** `url` is indexed for equality. */
  readonly metadata: JsonObject;
  /** `taxonomies`, a list of strings, is indexed for containment. */
  readonly enrichments?: JsonObject;
}

export interface StoredRow extends VectorRow {
  /** As stored: in single precision. */
  readonly embedding: readonly number[];
  readonly enrichments: JsonObject;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** All of it must hold. */
export interface SearchFilter {
  /** Top-level values that must be equal, by type and value. */
  readonly metadata?: { readonly [key: string]: string | number | boolean };
  /** All of which the row must have. */
  readonly taxonomies?: readonly string[];
  /** Created after this time, not at it. */
  readonly createdAfter?: Date;
}

export interface Match {
  readonly id: string;
  /** `nearest`: cosine similarity, 1 is the same direction; `text`: PostgreSQL's rank; `hybrid`: the sum of reciprocal ranks. */
  readonly score: number;
  readonly content: string;
  readonly metadata: JsonObject;
  readonly createdAt: Date;
}

export interface NearestQuery {
  readonly embedding: readonly number[] | Float32Array;
  /** 1 to 1,000. */
  readonly limit: number;
  readonly filter?: SearchFilter;
  /** Compares with every row that passes the filter, instead of asking the index. @default false */
  readonly exact?: boolean;
  readonly signal?: AbortSignal;
}

export interface TextQuery {
  /** As in a search engine: words, "phrases", or, -not. */
  readonly query: string;
  /** 1 to 1,000. */
  readonly limit: number;
  readonly filter?: SearchFilter;
  readonly signal?: AbortSignal;
}

export type HybridQuery = TextQuery & Pick<NearestQuery, 'embedding'>;

/** Where vectors are kept; a `Database` is one. */
export interface VectorDatabase {
  readonly read: Queryable;
  readonly write: Queryable;
  transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T>;
}
