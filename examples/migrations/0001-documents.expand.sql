CREATE TABLE documents (
  id text PRIMARY KEY,
  heading text NOT NULL,
  embedding vector(1536) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
