CREATE TABLE app.documents (
  id text PRIMARY KEY,
  embedding vector(1536) NOT NULL,
  content text NOT NULL,
  metadata jsonb NOT NULL DEFAULT '{}',
  enrichments jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  search tsvector GENERATED ALWAYS AS (to_tsvector('english', content)) STORED,
  tenant_id text NOT NULL,
  collection_id text NOT NULL,
  object_id text,
  features jsonb NOT NULL,
  content_hash text NOT NULL,
  embedding_model text NOT NULL
);

CREATE INDEX documents_embedding ON app.documents USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 128);

CREATE INDEX documents_search ON app.documents USING gin (search);

CREATE INDEX documents_url ON app.documents ((metadata->>'url'));

CREATE INDEX documents_taxonomies ON app.documents USING gin ((enrichments->'taxonomies') jsonb_path_ops);

CREATE INDEX documents_created_at ON app.documents (created_at DESC);

CREATE INDEX documents_of_collection ON app.documents (tenant_id, collection_id, created_at DESC, id DESC);
