import { encodeVector } from './encode';
import type { SqlStatement } from './statements';
import type { VectorRow } from './types';

/** Rows a statement: about 800 KB with short contents. */
export const BATCH = 100;

export function upsertStatement(table: string, rows: readonly VectorRow[]): SqlStatement {
  const values: unknown[] = [];
  const tuples = rows.map(({ id, embedding, content, metadata, enrichments }) => {
    const at = values.length;
    values.push(id, encodeVector(embedding), content, JSON.stringify(metadata), JSON.stringify(enrichments ?? {}));
    return `($${at + 1}, $${at + 2}::vector, $${at + 3}, $${at + 4}::jsonb, $${at + 5}::jsonb)`;
  });
  const text = `INSERT INTO ${table} (id, embedding, content, metadata, enrichments) VALUES ${tuples.join(', ')}
    ON CONFLICT (id) DO UPDATE SET embedding = excluded.embedding, content = excluded.content, metadata = excluded.metadata,
      enrichments = excluded.enrichments, updated_at = now()`;
  return { text, values };
}
