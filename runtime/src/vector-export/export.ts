import type { Queryable } from '../database';
import { VectorExportError } from './errors';
import { type ExportedTable, type Manifest, MANIFEST } from './manifest';
import { PART_BYTES, PartWriter } from './part-writer';
import type { ExportSink } from './store';
import { quoted, serverVersions, vectorTables, type VectorTable } from './tables';

export interface ExportOptions {
  readonly database: { transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T> };
  readonly sink: ExportSink;
  /** The day in UTC. */
  readonly date: string;
  /** What is left of the time, in milliseconds. */
  readonly remainingMs: () => number;
  /** Of a part before it is compressed: what is held in memory. @default 8 MiB */
  readonly partBytes?: number;
}

export type ExportOutcome = { readonly outcome: 'exported'; readonly manifest: Manifest } | { readonly outcome: 'done before' };

/** 1.5 MB of the server's answer with 1,536 dimensions. */
const ROWS_AT_ONCE = 100;

/**
 * Exports every vector table of the database as of one moment. An export of the day that is there already is left as it is; one that was
 * begun and not finished is begun anew, as no other process can see the moment that it was of.
 *
 * @example
 * await exportVectors({ database, sink: new FolderStore('exports/2026-03-04'), date: '2026-03-04', remainingMs: () => 60_000 });
 */
export async function exportVectors(options: ExportOptions): Promise<ExportOutcome> {
  const { database, sink, date } = options;
  if (await sink.has(MANIFEST)) return { outcome: 'done before' };
  const manifest = await database.transaction(async (client): Promise<Manifest> => {
    const snapshotAt = await takeSnapshot(client);
    const { server, extension } = await serverVersions(client);
    const tables: ExportedTable[] = [];
    for (const table of await vectorTables(client)) tables.push(await exportTable(client, table, options));
    return { format: 1, date, snapshotAt, server, ...(extension !== null && { extension }), tables };
  });
  await sink.put(MANIFEST, Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`));
  return { outcome: 'exported', manifest };
}

async function takeSnapshot(client: Queryable): Promise<string> {
  await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  // Times as texts that any server reads as the same.
  const [{ at }] = await client.query<{ at: string }>(
    `SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true), to_json(now()) #>> '{}' AS at`,
  );
  return at;
}

async function exportTable(
  client: Queryable,
  { name, dimensions, columns, indexes, analytics }: VectorTable,
  { sink, remainingMs, partBytes = PART_BYTES }: ExportOptions,
): Promise<ExportedTable> {
  const lines = (select: string, folder: string) => exportLines(client, select, new PartWriter(sink, folder, partBytes), remainingMs);
  const table = `app.${quoted(name)}`;
  // Made by the server, so that every digit of every number is as it is stored.
  const line = `'{"id":' || to_json(id) || ',"embedding":' || embedding::text || ',"content":' || to_json(content)
    || ',"metadata":' || metadata::text || ',"enrichments":' || enrichments::text
    || ',"createdAt":' || to_json(created_at::text) || ',"updatedAt":' || to_json(updated_at::text) || '}'`;
  const rows = await lines(`SELECT ${line} AS line FROM ${table}`, name);
  const view = `SELECT row_to_json(a)::text AS line FROM app.${quoted(`${name}_analytics`)} AS a`;
  const exported = { name, dimensions, columns, indexes, ...rows };
  if (!analytics) return exported;
  return { ...exported, analytics: await lines(view, `${name}_analytics`) };
}

/** By a cursor: never more than some rows are in memory. */
async function exportLines(client: Queryable, select: string, writer: PartWriter, remainingMs: () => number) {
  await client.query(`DECLARE exported NO SCROLL CURSOR FOR ${select}`);
  for (;;) {
    if (remainingMs() <= 0) {
      const message = `the export must end within the time of its function, got to ${writer.rows} rows; give it more memory, which is CPU, or move old rows to another table`;
      throw new VectorExportError('out-of-time', message);
    }
    const rows = await client.query<{ line: string }>(`FETCH ${ROWS_AT_ONCE} FROM exported`);
    for (const { line } of rows) await writer.add(line);
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await client.query('CLOSE exported');
  return writer.end();
}
