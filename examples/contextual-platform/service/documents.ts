import type { Enrichments, Payload } from './extractors/extractor';

export interface Feature {
  readonly feature_extractor_id: string;
  readonly version: string;
  readonly payload: Payload;
}

/** A document as a caller sends it. */
export interface DocumentInput {
  /** The caller's own id: what comes under it again replaces the document. Without one, the content is its own name. */
  readonly object_id?: string;
  readonly features: readonly Feature[];
  readonly metadata?: { readonly [name: string]: string };
}

/** Whose document it is, and where it belongs. */
export interface Collection {
  readonly tenantId: string;
  readonly collectionId: string;
}

/** A document as it is answered. */
export interface DocumentView {
  readonly document_id: string;
  readonly collection_id: string;
  readonly object_id?: string;
  readonly metadata: { readonly [name: string]: string };
  readonly features: readonly Pick<Feature, 'feature_extractor_id' | 'version'>[];
  readonly enrichments: Enrichments;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface StoredDocument {
  readonly contentHash: string;
  readonly view: DocumentView;
}

/** A document as it is written; what stands already with the same content is left as it is. */
export interface NewDocument extends Collection {
  readonly documentId: string;
  readonly contentHash: string;
  readonly input: DocumentInput;
  readonly content: string;
  readonly enrichments: Enrichments;
  readonly embedding: readonly number[];
  readonly embeddingModel: string;
}

/** Where a page of a list ends: the next begins after it. */
export interface Place {
  readonly createdAt: string;
  readonly documentId: string;
}

export interface PageRequest extends Collection {
  readonly limit: number;
  readonly after?: Place;
  readonly url?: string;
  readonly taxonomy?: string;
  readonly createdAfter?: string;
}

/** Where documents are kept. A tenant sees its own only. */
export interface Documents {
  save(document: NewDocument, signal: AbortSignal): Promise<StoredDocument>;
  get(collection: Collection, documentId: string, signal: AbortSignal): Promise<StoredDocument | undefined>;
  /** The newest first. */
  page(request: PageRequest, signal: AbortSignal): Promise<readonly StoredDocument[]>;
}
