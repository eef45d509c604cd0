import { encodeVector } from './encode';
import { condition, Values } from './filter';
import { LANGUAGE } from './table';
import type { NearestQuery, TextQuery } from './types';

export interface SqlStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

const COLUMNS = 'id, content, metadata, created_at';
const MOST_CANDIDATES = 1_000;

/** Every row that passes is compared: `+ 0` hides the order from the index. */
export function exactStatement(table: string, { embedding, limit, filter = {} }: NearestQuery): SqlStatement {
  const values = new Values();
  const distance = `embedding <=> ${values.add(encodeVector(embedding))}::vector`;
  const text = `SELECT ${COLUMNS}, ${distance} AS distance FROM ${table} WHERE ${condition(filter, values)}
    ORDER BY (${distance}) + 0, id LIMIT ${values.add(limit)}`;
  return { text, values: values.list };
}

/**
 * What the planner does not see: a sequential scan reads every vector from where large values are kept, which it takes for free, so that
 * it would often rather scan than ask the index. This is true of every row, and costs as much as that reading (cost 100, where an operator
 * has 1).
 */
const COSTS_A_READ = `to_tsvector('simple', id) IS NOT NULL`;

/**
 * The index, in one round trip and outside a transaction: the settings are made by the statement itself, before its scan begins and to its
 * end only. Up to `exactUpTo` rows that pass are compared one by one instead; one of the two branches is never executed.
 *
 * OFFSET 0 keeps the filter out of the scan's choice. relaxed_order finds more than strict_order for the same work and may return
 * neighbours out of order; the last ORDER BY mends that, and `+ 0` keeps the planner from taking it for done.
 */
export function indexStatement(table: string, query: NearestQuery, { efSearch, exactUpTo }: IndexScan): SqlStatement {
  const { embedding, limit, filter = {} } = query;
  const values = new Values();
  const distance = `embedding <=> ${values.add(encodeVector(embedding))}::vector`;
  const where = condition(filter, values);
  const most = values.add(limit);
  const text = `WITH few AS MATERIALIZED (
      SELECT count(*) <= ${exactUpTo} AS few FROM (SELECT FROM ${table} WHERE ${where} LIMIT ${exactUpTo + 1}) AS first_ones
    ), compared AS (
      SELECT ${COLUMNS}, ${distance} AS distance FROM ${table}
      WHERE (SELECT few FROM few) AND ${where} ORDER BY (${distance}) + 0, id LIMIT ${most}
    ), found AS (
      SELECT ${COLUMNS}, distance FROM (
        SELECT ${COLUMNS}, enrichments, ${distance} AS distance FROM ${table}
        WHERE NOT (SELECT few FROM few)
          AND (SELECT set_config('hnsw.ef_search', '${Math.min(MOST_CANDIDATES, Math.max(efSearch, limit))}', true)
            || set_config('hnsw.iterative_scan', 'relaxed_order', true)) IS NOT NULL
          AND ${COSTS_A_READ}
        ORDER BY ${distance} OFFSET 0
      ) AS near WHERE ${where} LIMIT ${most}
    )
    SELECT *, (SELECT few FROM few) AS exact FROM (SELECT * FROM compared UNION ALL SELECT * FROM found) AS either ORDER BY distance + 0, id`;
  return { text, values: values.list };
}

export interface IndexScan {
  readonly efSearch: number;
  readonly exactUpTo: number;
}

export function textStatement(table: string, { query, limit, filter = {} }: TextQuery): SqlStatement {
  const values = new Values();
  const words = `websearch_to_tsquery('${LANGUAGE}', ${values.add(query)})`;
  const text = `SELECT ${COLUMNS}, ts_rank_cd(search, ${words}) AS rank FROM ${table}
    WHERE search @@ ${words} AND ${condition(filter, values)} ORDER BY rank DESC, id LIMIT ${values.add(limit)}`;
  return { text, values: values.list };
}
