import type { Queryable } from '../database';
import type { Column } from './manifest';

export interface VectorTable {
  readonly name: string;
  readonly dimensions: number;
  readonly columns: readonly Column[];
  readonly indexes: readonly string[];
  /** Whether there is a view of its analytics that holds something. */
  readonly analytics: boolean;
}

/** What has an embedding, beside the columns that go with it. */
const COLUMNS = ['id', 'embedding', 'content', 'metadata', 'enrichments', 'created_at', 'updated_at'];

/** The vector tables of the schema `app`, as the catalogue knows them; none while the extension is not there. */
export async function vectorTables(client: Queryable): Promise<VectorTable[]> {
  const rows = await client.query<VectorTable & { readonly complete: boolean }>(
    `SELECT c.relname AS name, e.atttypmod AS dimensions,
        (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
        ARRAY(SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = c.oid ORDER BY indexrelid::regclass::text) AS indexes,
        EXISTS (SELECT FROM pg_matviews WHERE schemaname = 'app' AND matviewname = c.relname || '_analytics' AND ispopulated) AS analytics,
        (SELECT count(*) = cardinality($1::text[]) FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attname::text = ANY($1::text[]) AND NOT a.attisdropped) AS complete
      FROM pg_class c JOIN pg_attribute e ON e.attrelid = c.oid AND e.attname = 'embedding' AND NOT e.attisdropped
      WHERE c.relnamespace = to_regnamespace('app') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND format_type(e.atttypid, NULL) IN ('vector', 'public.vector')
      ORDER BY c.relname`,
    [COLUMNS],
  );
  return rows.filter(({ complete }) => complete);
}

export interface ServerVersions {
  readonly server: string;
  readonly extension: string | null;
}

export async function serverVersions(client: Queryable): Promise<ServerVersions> {
  const [versions] = await client.query<ServerVersions>(
    `SELECT current_setting('server_version') AS server, (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS extension`,
  );
  return versions;
}

/** A name in a statement. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
