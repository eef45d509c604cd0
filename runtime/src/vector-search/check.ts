import { InvalidQueryError, InvalidRowError } from './errors';
import type { JsonObject, SearchFilter, VectorRow } from './types';

export const MOST_RESULTS = 1_000;
const LONGEST_QUERY = 1_000;
const LONGEST_FLOAT = 3.402_823_5e38;
/** Bytes in UTF-8. A tsvector holds 1 MB, and an entry of the index on the URL 2.7 KB. */
const BYTES = { id: 512, content: 262_144, metadata: 65_536, enrichments: 65_536, url: 2_048 } as const;

type Fault = string | undefined;

/** Everything that the database would refuse or silently change, before anything is sent. */
export function checkRows(rows: readonly VectorRow[], dimensions: number): void {
  const seen = new Map<string, number>();
  for (const [at, row] of rows.entries()) {
    const fail = (field: string, fault: Fault) => {
      if (fault !== undefined) throw new InvalidRowError(at, field, fault);
    };
    fail('id', row.id === '' ? 'a text, got an empty one' : textFault(row.id, BYTES.id));
    const before = seen.get(row.id);
    fail('id', before === undefined ? undefined : `one of its kind, got that of row ${before} again; keep one of them`);
    seen.set(row.id, at);
    fail('embedding', vectorFault(row.embedding, dimensions));
    fail('content', textFault(row.content, BYTES.content));
    fail('metadata', objectFault(row.metadata, BYTES.metadata));
    const { url } = row.metadata;
    fail('metadata.url', typeof url === 'string' ? textFault(url, BYTES.url) : undefined);
    if (row.enrichments === undefined) continue;
    fail('enrichments', objectFault(row.enrichments, BYTES.enrichments));
    const { taxonomies } = row.enrichments;
    fail('enrichments.taxonomies', taxonomies === undefined || isTexts(taxonomies) ? undefined : 'a list of texts, got something else');
  }
}

export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_RESULTS) {
    throw new InvalidQueryError('limit', `a whole number from 1 to ${MOST_RESULTS}, got ${limit}`);
  }
}

export function checkEmbedding(embedding: VectorRow['embedding'], dimensions: number): void {
  const fault = vectorFault(embedding, dimensions);
  if (fault !== undefined) throw new InvalidQueryError('embedding', fault);
}

export function checkText(query: string): void {
  const fault = textFault(query, LONGEST_QUERY);
  if (fault !== undefined) throw new InvalidQueryError('query', fault);
}

export function checkFilter({ metadata = {}, taxonomies = [], createdAfter }: SearchFilter): void {
  const fail = (field: string, fault: Fault) => {
    if (fault !== undefined) throw new InvalidQueryError(`filter.${field}`, fault);
  };
  for (const [key, value] of Object.entries(metadata)) {
    const simple = ['string', 'number', 'boolean'].includes(typeof value);
    fail('metadata', simple ? undefined : `texts, numbers and booleans, got something else at ${JSON.stringify(key)}`);
  }
  fail('metadata', objectFault(metadata, BYTES.metadata));
  fail('taxonomies', isTexts(taxonomies) ? objectFault({ taxonomies }, BYTES.enrichments) : 'a list of texts, got something else');
  fail('createdAfter', createdAfter === undefined || !Number.isNaN(createdAfter.getTime()) ? undefined : 'a time, got an invalid one');
}

function vectorFault(vector: VectorRow['embedding'], dimensions: number): Fault {
  if (!Array.isArray(vector) && !(vector instanceof Float32Array)) return 'a list of numbers, got something else';
  if (vector.length !== dimensions) return `${dimensions} numbers, got ${vector.length}; is it of the model that the table was made for?`;
  let direction = false;
  for (let at = 0; at < vector.length; at += 1) {
    const value: unknown = vector[at];
    if (typeof value !== 'number' || !Number.isFinite(value)) return `finite numbers, got another value at ${at}`;
    if (Math.abs(value) > LONGEST_FLOAT) return `numbers of single precision, got a larger one at ${at}`;
    direction ||= Math.fround(value) !== 0;
  }
  return direction ? undefined : 'of some direction, got only zeros, which no cosine is defined for';
}

function textFault(text: unknown, bytes: number): Fault {
  if (typeof text !== 'string') return `a text, got ${text === null ? 'null' : typeof text}`;
  if (text.includes('\0')) return 'a text without NUL, got one; PostgreSQL stores none: remove it';
  // In place of half a pair the server would get a replacement character, and under jsonb refuse it.
  if (/\p{Surrogate}/u.test(text)) return 'well-formed Unicode, got half of a surrogate pair';
  const size = Buffer.byteLength(text);
  return size > bytes ? `at most ${bytes} bytes, got ${size}` : undefined;
}

function objectFault(value: unknown, bytes: number): Fault {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'an object, got something else';
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch {
    return 'writable as JSON, got an object that is not';
  }
  return valueFault(value) ?? textFault(text, bytes);
}

function valueFault(value: unknown): Fault {
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string') return textFault(value, Infinity);
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'of finite numbers, got another';
  if (typeof value !== 'object') return `of JSON values, got ${typeof value}`;
  const parts = Array.isArray(value) ? value : Object.entries(value as JsonObject).flat();
  for (const part of parts) {
    const fault = valueFault(part);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
