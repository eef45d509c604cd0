CREATE MATERIALIZED VIEW app.categories_analytics AS
SELECT coalesce(taxonomy, '') AS taxonomy, (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS rows
FROM app.categories LEFT JOIN LATERAL jsonb_array_elements_text(
  CASE jsonb_typeof(enrichments->'taxonomies') WHEN 'array' THEN enrichments->'taxonomies' ELSE '[]' END
) AS taxonomy ON true
GROUP BY 1, 2;

CREATE UNIQUE INDEX categories_analytics_key ON app.categories_analytics (taxonomy, day);

CREATE FUNCTION app.refresh_categories_analytics() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Who comes second need not wait: the first does the work.
  IF NOT pg_try_advisory_xact_lock(hashtext('app.categories_analytics')) THEN
    RETURN false;
  END IF;
  REFRESH MATERIALIZED VIEW CONCURRENTLY app.categories_analytics;
  RETURN true;
END
$$;

REVOKE ALL ON FUNCTION app.refresh_categories_analytics() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION app.refresh_categories_analytics() TO application;
