CREATE TABLE app.categories (
  id text PRIMARY KEY,
  embedding vector(1536) NOT NULL,
  content text NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}',
  enrichments jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  search tsvector GENERATED ALWAYS AS (to_tsvector('english', content)) STORED
);

CREATE INDEX categories_embedding ON app.categories USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 128);

CREATE INDEX categories_search ON app.categories USING gin (search);

CREATE INDEX categories_url ON app.categories ((metadata->>'url'));

CREATE INDEX categories_taxonomies ON app.categories USING gin ((enrichments->'taxonomies') jsonb_path_ops);

CREATE INDEX categories_created_at ON app.categories (created_at DESC);
