import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { VectorExportError } from './errors';
import type { Part } from './manifest';
import type { ExportSource } from './store';

const decompress = promisify(gunzip);

/** The lines of a part that is the one its manifest tells of, to the bit. */
export async function linesOf(source: ExportSource, { name, rows, sha256, bytes }: Part): Promise<string[]> {
  const body = await source.read(name);
  if (!body)
    throw new VectorExportError(
      'part-missing',
      `${name}: the part must be there, as the manifest names it, got nothing; take another export`,
    );
  const found = createHash('sha256').update(body).digest('hex');
  if (found !== sha256) throw corrupt(name, `have SHA-256 ${sha256}, got ${found}`);
  const text = await decompress(body, { maxOutputLength: bytes }).catch(() => undefined);
  if (text?.length !== bytes) throw corrupt(name, `unpack to ${bytes} bytes, got ${text?.length ?? 'none that fit'}`);
  const lines = text.toString('utf8').split('\n');
  if (lines.pop() !== '' || lines.length !== rows) throw corrupt(name, `have ${rows} rows, got ${lines.length}`);
  return lines;
}

function corrupt(name: string, must: string): VectorExportError {
  return new VectorExportError('part-corrupt', `${name}: the part must ${must}; take another export`);
}

/** Everything that a table would refuse of a row, before anything is written. */
export function checkLine(line: string, place: string, dimensions: number): void {
  const fault = faultIn(line, dimensions);
  if (fault) throw new VectorExportError('row-invalid', `${place}: ${fault}; take another export`);
}

function faultIn(line: string, dimensions: number): string | undefined {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return 'the row must be JSON, got something else';
  }
  if (!isObject(row)) return 'the row must be an object, got something else';
  for (const field of ['id', 'content', 'createdAt', 'updatedAt']) {
    if (typeof row[field] !== 'string') return `${field} must be a text, got ${typeof row[field]}`;
  }
  for (const field of ['metadata', 'enrichments']) {
    if (!isObject(row[field])) return `${field} must be an object, got something else`;
  }
  const { embedding } = row;
  if (!Array.isArray(embedding) || !embedding.every(Number.isFinite)) return 'embedding must be a list of numbers, got something else';
  if (embedding.length !== dimensions) return `embedding must have ${dimensions} numbers, got ${embedding.length}`;
  // PostgreSQL stores none, in texts or in JSON; a backslash before it would be one in the text.
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(line)) return 'the row must have no NUL, got one, which PostgreSQL does not store';
  return undefined;
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
