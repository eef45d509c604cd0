import { VectorExportError } from './errors';
import type { ExportSource } from './store';

/** One file of rows: NDJSON, compressed by gzip. */
export interface Part {
  readonly name: string;
  readonly rows: number;
  /** Of the file. */
  readonly sha256: string;
  /** Uncompressed. */
  readonly bytes: number;
}

export interface Column {
  readonly name: string;
  /** As PostgreSQL writes it, such as `vector(1536)`. */
  readonly type: string;
}

export interface ExportedTable {
  readonly name: string;
  readonly dimensions: number;
  readonly columns: readonly Column[];
  /** How the indexes are made, for whoever has to make the table first. */
  readonly indexes: readonly string[];
  readonly rows: number;
  readonly parts: readonly Part[];
  /** Rows by taxonomy and day, where the table has such a view; a restore makes them anew. */
  readonly analytics?: { readonly rows: number; readonly parts: readonly Part[] };
}

/** What an export holds. It is written last: an export without is none. */
export interface Manifest {
  readonly format: 1;
  /** The day in UTC. */
  readonly date: string;
  /** When the snapshot was taken that all tables are of. */
  readonly snapshotAt: string;
  readonly server: string;
  /** Of pgvector; absent when there is none. */
  readonly extension?: string;
  readonly tables: readonly ExportedTable[];
}

export const MANIFEST = 'manifest.json';

export async function readManifest(source: ExportSource): Promise<Manifest> {
  const body = await source.read(MANIFEST);
  if (!body) {
    const message = `the export must have a ${MANIFEST}, which is written last, got none; the export was not finished: take another day's`;
    throw new VectorExportError('manifest-missing', message);
  }
  const manifest = parsed(body.toString('utf8'));
  const fault = faultIn(manifest);
  if (fault) throw new VectorExportError('manifest-invalid', `${MANIFEST}: ${fault}; take another export`);
  return manifest as Manifest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function faultIn(manifest: unknown): string | undefined {
  if (!isObject(manifest)) return 'it must be a JSON object, got something else';
  if (manifest.format !== 1) return `format must be 1, got ${String(manifest.format)}`;
  if (!Array.isArray(manifest.tables)) return 'tables must be a list, got something else';
  const wrong = manifest.tables.findIndex((table) => !isTable(table));
  return wrong < 0 ? undefined : `tables[${wrong}] must have name, dimensions, columns, rows and parts, got something else`;
}

function isTable(table: unknown): boolean {
  if (!isObject(table) || typeof table.name !== 'string' || !isCount(table.dimensions) || !isCount(table.rows)) return false;
  return Array.isArray(table.columns) && Array.isArray(table.parts) && table.parts.every(isPart);
}

function isPart(part: unknown): boolean {
  return isObject(part) && typeof part.name === 'string' && typeof part.sha256 === 'string' && isCount(part.rows) && isCount(part.bytes);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
