import { createHash } from 'node:crypto';
import { cacheKey, type CacheState, type ResponseCache } from 'plinth-runtime/cache';
import type { Embedder } from 'plinth-runtime/provider';
import type { Bulkhead, Deadline } from 'plinth-runtime/resilience';
import { contentOf } from './document-check';
import type { Collection, DocumentInput, Documents, Feature, StoredDocument } from './documents';
import type { Enrichments } from './extractors/extractor';
import type { ExtractorRegistry } from './extractors/registry';

export interface ProcessingOptions {
  readonly documents: Documents;
  readonly extractors: ExtractorRegistry;
  readonly embedder: Embedder;
  /** What features came to, by the hash of their content. */
  readonly cache: ResponseCache;
  /** The pool of workers: documents that are processed at a time, of one call or of many. */
  readonly workers: Bulkhead;
}

export interface Processed {
  readonly document: StoredDocument;
  /** HIT when every feature came from the cache. */
  readonly state: CacheState;
}

/** Reads what a document's features ask for, embeds its text, and stores it. Doing so again changes nothing. */
export class Processing {
  constructor(private readonly options: ProcessingOptions) {}

  /** The document must have been checked. */
  process(collection: Collection, input: DocumentInput, deadline: Deadline): Promise<Processed> {
    const work = this.options.workers.run(() => this.work(collection, input, deadline), deadline);
    // A worker that does not listen keeps its place, but nobody waits for it.
    return untilDeadline(work, deadline);
  }

  private async work(collection: Collection, input: DocumentInput, deadline: Deadline): Promise<Processed> {
    deadline.check();
    const { documents, embedder } = this.options;
    const content = contentOf(input.features);
    const [results, { embeddings }] = await Promise.all([
      Promise.all(input.features.map((feature) => this.extract(collection, feature, deadline))),
      embedder.embed([embeddedPart(content)], { deadline, purpose: 'document' }),
    ]);
    const contentHash = hashOf(input);
    const enrichments = Object.assign({}, ...results.map(({ value }) => value)) as Enrichments;
    const document = await documents.save(
      {
        ...collection,
        documentId: documentIdOf(collection, input.object_id ?? { contentHash }),
        contentHash,
        input,
        content,
        enrichments,
        embedding: embeddings[0],
        embeddingModel: embedder.model,
      },
      deadline.signal,
    );
    return { document, state: results.every(({ state }) => state === 'HIT') ? 'HIT' : 'MISS' };
  }

  private extract({ tenantId }: Collection, { feature_extractor_id: id, version, payload }: Feature, deadline: Deadline) {
    const { extractors, cache } = this.options;
    const extractor = extractors.find(id, version);
    if (!extractor) throw new Error(`features must have been checked, got ${id} ${version}`);
    // By tenant: a quick answer would tell one that another has sent the same.
    return cache.through(`features:${cacheKey({ tenantId, id, version, payload })}`, () => extractor.extract(payload, deadline.signal));
  }
}

/** The hash of a document's content: everything that its answer depends on but the time. */
function hashOf({ object_id, features, metadata = {} }: DocumentInput): string {
  return cacheKey({ object_id, features, metadata });
}

/** The same object of the same collection of the same tenant is the same document. */
function documentIdOf({ tenantId, collectionId }: Collection, object: string | { readonly contentHash: string }): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([tenantId, collectionId, object]))
    .digest('base64url');
  return `doc_${digest.slice(0, 22)}`;
}

/** Models take about 8,000 tokens; a character has at most four. */
const MOST_EMBEDDED = 2_000;

function embeddedPart(content: string): string {
  return content.length <= MOST_EMBEDDED
    ? content
    : Array.from(content.slice(0, MOST_EMBEDDED * 2))
        .slice(0, MOST_EMBEDDED)
        .join('');
}

async function untilDeadline<T>(work: Promise<T>, { signal }: Deadline): Promise<T> {
  let late = (): void => {};
  const cut = new Promise<never>((_resolve, reject) => {
    late = () => reject(signal.reason as Error);
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
  });
  // Whichever loses has nobody who hears of its failure.
  work.catch(() => {});
  try {
    return await Promise.race([work, cut]);
  } finally {
    signal.removeEventListener('abort', late);
  }
}
