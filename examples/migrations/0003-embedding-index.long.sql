CREATE INDEX CONCURRENTLY documents_embedding ON documents USING hnsw (embedding vector_cosine_ops);
