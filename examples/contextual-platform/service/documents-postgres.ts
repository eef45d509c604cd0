import type { VectorDatabase } from 'plinth-runtime/vector-search';
import type { Collection, Documents, DocumentView, NewDocument, PageRequest, StoredDocument } from './documents';

interface Row {
  readonly id: string;
  readonly collection_id: string;
  readonly object_id: string | null;
  readonly metadata: DocumentView['metadata'];
  readonly features: DocumentView['features'];
  readonly enrichments: DocumentView['enrichments'];
  readonly content_hash: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = 'id, collection_id, object_id, metadata, features, enrichments, content_hash, created_at, updated_at';

// Whole milliseconds, which is what a place in a list is written in.
const NOW = "date_trunc('milliseconds', now())";

// What has not changed is not written: each version of a row would be one more entry of the vector index.
const SAVE = `INSERT INTO app.documents AS stored
    (id, tenant_id, collection_id, object_id, features, content_hash, embedding_model, embedding, content, metadata, enrichments, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8::vector, $9, $10::jsonb, $11::jsonb, ${NOW}, ${NOW})
  ON CONFLICT (id) DO UPDATE SET features = excluded.features, content_hash = excluded.content_hash, embedding_model = excluded.embedding_model,
    embedding = excluded.embedding, content = excluded.content, metadata = excluded.metadata, enrichments = excluded.enrichments,
    updated_at = excluded.updated_at
  WHERE (stored.content_hash, stored.embedding_model) IS DISTINCT FROM (excluded.content_hash, excluded.embedding_model)
  RETURNING ${COLUMNS}`;

const GET = `SELECT ${COLUMNS} FROM app.documents WHERE id = $1 AND tenant_id = $2 AND collection_id = $3`;

/** Documents in the vector table, each with its tenant and collection. */
export class DocumentsPostgres implements Documents {
  constructor(private readonly database: Pick<VectorDatabase, 'read' | 'write'>) {}

  async save(document: NewDocument, signal: AbortSignal): Promise<StoredDocument> {
    const [written] = await this.database.write.query<Row>(SAVE, valuesOf(document), { signal });
    if (written) return stored(written);
    const { documentId, tenantId, collectionId } = document;
    const [standing] = await this.database.write.query<Row>(GET, [documentId, tenantId, collectionId], { signal });
    return stored(standing);
  }

  async get({ tenantId, collectionId }: Collection, documentId: string, signal: AbortSignal): Promise<StoredDocument | undefined> {
    const values = [documentId, tenantId, collectionId];
    const [found] = await this.database.read.query<Row>(GET, values, { signal });
    // A replica may not have yet what was stored a moment ago.
    const rows = found ? [found] : await this.database.write.query<Row>(GET, values, { signal });
    return rows.map(stored).at(0);
  }

  async page(request: PageRequest, signal: AbortSignal): Promise<readonly StoredDocument[]> {
    const { tenantId, collectionId, limit, after, url, taxonomy, createdAfter } = request;
    const values: unknown[] = [];
    const value = (one: unknown) => `$${values.push(one)}`;
    const conditions = [`tenant_id = ${value(tenantId)}`, `collection_id = ${value(collectionId)}`];
    if (url !== undefined) conditions.push(`metadata->>'url' = ${value(url)}`);
    if (taxonomy !== undefined) conditions.push(`enrichments->'taxonomies' @> ${value(JSON.stringify([{ label: taxonomy }]))}::jsonb`);
    if (createdAfter !== undefined) conditions.push(`created_at > ${value(createdAfter)}::timestamptz`);
    if (after) conditions.push(`(created_at, id) < (${value(after.createdAt)}::timestamptz, ${value(after.documentId)})`);
    const where = conditions.join(' AND ');
    const sql = `SELECT ${COLUMNS} FROM app.documents WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT ${value(limit)}`;
    return (await this.database.read.query<Row>(sql, values, { signal })).map(stored);
  }
}

function valuesOf({ documentId, tenantId, collectionId, input, contentHash, embeddingModel, ...rest }: NewDocument): unknown[] {
  const features = input.features.map(({ feature_extractor_id, version }) => ({ feature_extractor_id, version }));
  return [
    documentId,
    tenantId,
    collectionId,
    input.object_id ?? null,
    JSON.stringify(features),
    contentHash,
    embeddingModel,
    JSON.stringify(rest.embedding),
    rest.content,
    JSON.stringify(input.metadata ?? {}),
    JSON.stringify(rest.enrichments),
  ];
}

function stored({
  id,
  collection_id,
  object_id,
  metadata,
  features,
  enrichments,
  content_hash,
  created_at,
  updated_at,
}: Row): StoredDocument {
  return {
    contentHash: content_hash,
    view: {
      document_id: id,
      collection_id,
      ...(object_id !== null && { object_id }),
      metadata,
      features,
      enrichments,
      created_at: created_at.toISOString(),
      updated_at: updated_at.toISOString(),
    },
  };
}
