import type { Queryable } from '../database';
import { VectorExportError } from './errors';
import { type ExportedTable, readManifest } from './manifest';
import { checkLine, linesOf } from './read-part';
import type { ExportSource } from './store';
import { quoted, vectorTables } from './tables';

export interface RestoreOptions {
  readonly database: { transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T> };
  readonly source: ExportSource;
  /** In the schema `app`; made by its migration. */
  readonly table: string;
  /** Whether rows that are there may go. @default false */
  readonly replace?: boolean;
  /** @default nobody is told */
  readonly report?: (line: string) => void;
}

export interface Restored {
  readonly table: string;
  readonly date: string;
  readonly rows: number;
  readonly indexes: readonly string[];
}

const ROWS_AT_ONCE = 100;
const PROBES = 5;
/** Of a row to itself, in single precision. */
const MOST_DISTANCE = 1e-4;

/**
 * Brings a table back from an export: all of it or nothing. Every part is checked before anything is written, and all that is written is
 * one transaction, which holds the table for itself until its index is built and answers.
 *
 * @example
 * await restoreVectors({ database, source: new FolderStore('exports/2026-03-04'), table: 'categories' });
 */
export async function restoreVectors({ database, source, table, replace = false, report = () => {} }: RestoreOptions): Promise<Restored> {
  const { date, tables } = await readManifest(source);
  const exported = tables.find(({ name }) => name === table);
  if (!exported) {
    const names = tables.map(({ name }) => name).join(', ') || 'none';
    throw new VectorExportError('table-missing', `the export must hold the table ${table}, got ${names}; name one of them`);
  }
  await checkParts(exported, source);
  report(`${table}: ${exported.parts.length} parts are whole, with ${exported.rows} rows of ${date}`);
  const indexes = await database.transaction(async (client) => {
    await prepare(client, exported, replace);
    const dropped = await dropVectorIndexes(client, table);
    await load(client, exported, source);
    report(`${table}: ${exported.rows} rows are written`);
    for (const { definition } of dropped) await client.query(definition);
    await verify(client, exported, dropped.length > 0);
    await refreshAnalytics(client, table);
    return dropped.map(({ name }) => name);
  });
  return { table, date, rows: exported.rows, indexes };
}

async function checkParts({ name, parts, rows, dimensions }: ExportedTable, source: ExportSource): Promise<void> {
  const sum = parts.reduce((all, part) => all + part.rows, 0);
  if (sum !== rows)
    throw new VectorExportError('manifest-invalid', `${name}: parts must have ${rows} rows in all, got ${sum}; take another export`);
  for (const part of parts) {
    for (const [at, line] of (await linesOf(source, part)).entries()) checkLine(line, `${part.name}:${at + 1}`, dimensions);
  }
}

async function prepare(client: Queryable, { name, dimensions, columns }: ExportedTable, replace: boolean): Promise<void> {
  await client.query(`SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '60s', true)`);
  await becomeOwner(client);
  const found = (await vectorTables(client)).find((one) => one.name === name);
  if (!found)
    throw new VectorExportError('table-missing', `app.${name} must be a vector table, got none of that name; run the migrations first`);
  if (found.dimensions !== dimensions) {
    const message = `app.${name}: embedding must have ${dimensions} dimensions as in the export, got ${found.dimensions}; restore into a table of the same model`;
    throw new VectorExportError('table-differs', message);
  }
  const typeOf = new Map(found.columns.map((column) => [column.name, column.type]));
  const differing = columns.find((column) => typeOf.get(column.name) !== column.type);
  if (differing) {
    const message = `app.${name}: ${differing.name} must be ${differing.type} as in the export, got ${typeOf.get(differing.name) ?? 'no such column'}; migrate the table to what it was`;
    throw new VectorExportError('table-differs', message);
  }
  await client.query(`LOCK TABLE app.${quoted(name)} IN ACCESS EXCLUSIVE MODE`);
  if (replace) await client.query(`TRUNCATE app.${quoted(name)}`);
  const [{ filled }] = await client.query<{ filled: boolean }>(`SELECT EXISTS (SELECT FROM app.${quoted(name)}) AS filled`);
  if (filled) throw new VectorExportError('table-not-empty', `app.${name} must be empty, got rows; give --replace to lose them`);
}

/** Who restores need not own the table, if they may act as who does. */
async function becomeOwner(client: Queryable): Promise<void> {
  const [{ may }] = await client.query<{ may: boolean }>(
    `SELECT coalesce((SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = 'owner'), false) AS may`,
  );
  if (may) await client.query('SET LOCAL ROLE owner');
}

interface Index {
  readonly name: string;
  readonly definition: string;
}

/** Built at the end, from all rows at once, they are faster and no worse. */
async function dropVectorIndexes(client: Queryable, table: string): Promise<Index[]> {
  const indexes = await client.query<Index>(
    `SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am a ON a.oid = i.relam
      WHERE x.indrelid = to_regclass('app.' || quote_ident($1)) AND a.amname IN ('hnsw', 'ivfflat') ORDER BY 1`,
    [table],
  );
  for (const { name } of indexes) await client.query(`DROP INDEX app.${quoted(name)}`);
  return indexes;
}

async function load(client: Queryable, { name, parts }: ExportedTable, source: ExportSource): Promise<void> {
  // Read by the server, as json and not jsonb, so that every digit arrives as it was exported.
  const insert = `INSERT INTO app.${quoted(name)} (id, embedding, content, metadata, enrichments, created_at, updated_at)
    SELECT line->>'id', (line->>'embedding')::vector, line->>'content', (line->'metadata')::text::jsonb, (line->'enrichments')::text::jsonb,
      (line->>'createdAt')::timestamptz, (line->>'updatedAt')::timestamptz
    FROM (SELECT text::json AS line FROM unnest($1::text[]) AS text) AS lines`;
  for (const part of parts) {
    // Once more, as it may have changed since it was checked.
    const lines = await linesOf(source, part);
    for (let at = 0; at < lines.length; at += ROWS_AT_ONCE) await client.query(insert, [lines.slice(at, at + ROWS_AT_ONCE)]);
  }
}

async function verify(client: Queryable, { name, rows }: ExportedTable, indexed: boolean): Promise<void> {
  const table = `app.${quoted(name)}`;
  const [{ count }] = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  if (count !== rows) throw new VectorExportError('not-verified', `${table} must have ${rows} rows, got ${count}; nothing was changed`);
  if (!indexed) return;
  await client.query(`SELECT set_config('enable_seqscan', 'off', true)`);
  const probes = await client.query<{ id: string; embedding: string }>(
    `SELECT id, embedding::text FROM ${table} WHERE vector_norm(embedding) > 0 ORDER BY md5(id), id LIMIT ${PROBES}`,
  );
  for (const { id, embedding } of probes) {
    const [nearest] = await client.query<{ distance: number }>(
      `SELECT embedding <=> $1::vector AS distance FROM ${table} ORDER BY embedding <=> $1::vector LIMIT 1`,
      [embedding],
    );
    if (nearest === undefined || nearest.distance > MOST_DISTANCE) {
      const message = `${table}: a search for the embedding of ${id} must find it, got ${nearest?.distance ?? 'nothing'}; nothing was changed`;
      throw new VectorExportError('not-verified', message);
    }
  }
}

async function refreshAnalytics(client: Queryable, table: string): Promise<void> {
  const [{ exists }] = await client.query<{ exists: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_matviews WHERE schemaname = 'app' AND matviewname = $1) AS exists`,
    [`${table}_analytics`],
  );
  if (exists) await client.query(`REFRESH MATERIALIZED VIEW app.${quoted(`${table}_analytics`)}`);
}
