import { DatabaseUnavailableError } from 'plinth-runtime/database';
import type {
  Collection,
  Documents,
  NewDocument,
  PageRequest,
  StoredDocument,
} from '../../../examples/contextual-platform/service/documents';
import type { Enrichments, Extractor, Payload } from '../../../examples/contextual-platform/service/extractors/extractor';

/** Documents in memory, and a database that can be away. */
export class FakeDocuments implements Documents {
  readonly rows = new Map<string, { readonly owner: Collection; readonly stored: StoredDocument; readonly row: NewDocument }>();
  away = false;
  writes = 0;
  time = Date.UTC(2026, 0, 1);

  async save(row: NewDocument): Promise<StoredDocument> {
    this.answer();
    const { tenantId, collectionId, documentId, contentHash, input, enrichments } = row;
    const before = this.rows.get(documentId)?.stored;
    if (before?.contentHash === contentHash) return before;
    this.writes += 1;
    this.time += 1;
    const now = new Date(this.time).toISOString();
    const stored: StoredDocument = {
      contentHash,
      view: {
        document_id: documentId,
        collection_id: collectionId,
        ...(input.object_id !== undefined && { object_id: input.object_id }),
        metadata: input.metadata ?? {},
        features: input.features.map(({ feature_extractor_id, version }) => ({ feature_extractor_id, version })),
        enrichments,
        created_at: before?.view.created_at ?? now,
        updated_at: now,
      },
    };
    this.rows.set(documentId, { owner: { tenantId, collectionId }, stored, row });
    return stored;
  }

  async get(collection: Collection, documentId: string): Promise<StoredDocument | undefined> {
    this.answer();
    return this.of(collection).find(({ view }) => view.document_id === documentId);
  }

  async page({ limit, after, url, taxonomy, createdAfter = '', ...collection }: PageRequest): Promise<readonly StoredDocument[]> {
    this.answer();
    const key = ({ created_at, document_id }: StoredDocument['view']) => `${created_at} ${document_id}`;
    return this.of(collection)
      .filter(({ view }) => url === undefined || view.metadata.url === url)
      .filter(({ view }) => taxonomy === undefined || view.enrichments.taxonomies?.some(({ label }) => label === taxonomy))
      .filter(({ view }) => view.created_at > createdAfter)
      .filter(({ view }) => after === undefined || key(view) < `${after.createdAt} ${after.documentId}`)
      .toSorted((one, other) => (key(one.view) < key(other.view) ? 1 : -1))
      .slice(0, limit);
  }

  private of({ tenantId, collectionId }: Collection): StoredDocument[] {
    const own = [...this.rows.values()].filter(({ owner }) => owner.tenantId === tenantId && owner.collectionId === collectionId);
    return own.map(({ stored }) => stored);
  }

  private answer(): void {
    if (this.away) throw new DatabaseUnavailableError('the database is away', false);
  }
}

/** An extractor that does what a test says: a wait, a failure. */
export class FakeExtractor implements Extractor {
  calls = 0;
  running = 0;
  most = 0;

  constructor(
    readonly id: string,
    readonly version: string,
    private readonly work: (payload: Payload, signal: AbortSignal) => Promise<Enrichments>,
  ) {}

  async extract(payload: Payload, signal: AbortSignal): Promise<Enrichments> {
    this.calls += 1;
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    try {
      return await this.work(payload, signal);
    } finally {
      this.running -= 1;
    }
  }
}
