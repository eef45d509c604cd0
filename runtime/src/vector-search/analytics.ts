import { qualified } from './table';

/**
 * The DDL of what analytics read: rows by taxonomy and by the day (UTC) they were created, in a materialized view, and a function that
 * refreshes it while it is read. The owner's rights go with the function, so that `application` may refresh and may not do more.
 *
 * @example
 * await database.write.query('SELECT app.refresh_categories_analytics()');
 */
export function vectorAnalytics(name: string): string[] {
  const table = qualified(name);
  const view = `${table}_analytics`;
  const refresh = `app.refresh_${name}_analytics()`;
  return [
    [
      `CREATE MATERIALIZED VIEW ${view} AS`,
      `SELECT coalesce(taxonomy, '') AS taxonomy, (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS rows`,
      `FROM ${table} LEFT JOIN LATERAL jsonb_array_elements_text(`,
      `  CASE jsonb_typeof(enrichments->'taxonomies') WHEN 'array' THEN enrichments->'taxonomies' ELSE '[]' END`,
      `) AS taxonomy ON true`,
      `GROUP BY 1, 2`,
    ].join('\n'),
    // Without it there is no refreshing beside readers.
    `CREATE UNIQUE INDEX ${name}_analytics_key ON ${view} (taxonomy, day)`,
    [
      `CREATE FUNCTION ${refresh} RETURNS boolean`,
      `LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$`,
      `BEGIN`,
      `  -- Who comes second need not wait: the first does the work.`,
      `  IF NOT pg_try_advisory_xact_lock(hashtext('${view}')) THEN`,
      `    RETURN false;`,
      `  END IF;`,
      `  REFRESH MATERIALIZED VIEW CONCURRENTLY ${view};`,
      `  RETURN true;`,
      `END`,
      `$$`,
    ].join('\n'),
    `REVOKE ALL ON FUNCTION ${refresh} FROM PUBLIC`,
    `GRANT EXECUTE ON FUNCTION ${refresh} TO application`,
  ];
}
