import type { Clock } from 'plinth-runtime/resilience';
import { type Answer, entityTag, json, matches } from '../../shared/http/answer';
import type { Call } from '../../shared/http/call';
import type { Handlers } from '../../shared/http/listener';
import { CONDITIONS, invalidFields, RequestProblem } from '../../shared/http/problems';
import { toProblem } from '../../shared/http/unavailable';
import type { Health } from '../../shared/service/health';
import { openApi } from './api/openapi';
import type { OperationId } from './api/operations';
import { asyncHandler } from './async-handler';
import { type BatchFailure, batchHandler } from './batch-handler';
import type { ServiceConfig } from './config';
import { cursorAfter, placeOf } from './cursor';
import { documentFaults } from './document-check';
import type { DocumentJobs } from './document-jobs';
import type { Collection, DocumentInput, Documents, StoredDocument } from './documents';
import type { ExtractorRegistry } from './extractors/registry';
import { documentCallHandler } from './document-call-handler';
import type { Processing } from './processing';
import { tenantOf } from './tenant';

export interface HandlerOptions {
  readonly config: Pick<ServiceConfig, 'internalKeys'>;
  readonly documents: Documents;
  readonly extractors: ExtractorRegistry;
  readonly processing: Processing;
  /** Without them, async is answered 501. */
  readonly jobs?: DocumentJobs;
  readonly health: Health;
  readonly clock: Clock;
  /** Told of documents of a batch that failed by our own fault. */
  readonly failed: (failure: BatchFailure) => void;
}

const HEALTH_TYPE = { 'Content-Type': 'application/health+json' };
const DEFAULT_PAGE = 50;
/** Never public: a shared cache would hand one tenant's answer to another. */
const PRIVATE = 'private, max-age=3600';

interface ListQuery {
  readonly limit?: number;
  readonly cursor?: string;
  readonly url?: string;
  readonly taxonomy?: string;
  readonly created_after?: string;
}

/** What each operation answers. */
export function handlers(options: HandlerOptions): Handlers<OperationId> {
  const { documents, extractors, processing, health } = options;
  const document = JSON.stringify(openApi());
  const documentTag = entityTag(document);
  const queue = asyncHandler(options);
  const collectionOf = (call: Call): Collection => ({ tenantId: tenantOf(call), collectionId: call.path.id });

  async function createDocument(call: Call): Promise<Answer> {
    const collection = collectionOf(call);
    if (call.query.async === 'true') return queue(call, collection);
    const faults = documentFaults(call.body, extractors);
    if (faults.length > 0) throw invalidFields(faults);
    const { document: stored, state } = await orProblem(processing.process(collection, call.body as DocumentInput, call.deadline));
    const location = `/v1/collections/${collection.collectionId}/documents/${stored.view.document_id}`;
    return json(200, stored.view, { ...contentHeaders(stored), 'X-Cache': state, 'Content-Location': location });
  }

  async function listDocuments(call: Call): Promise<Answer> {
    const collection = collectionOf(call);
    const { limit = DEFAULT_PAGE, cursor, url, taxonomy, created_after: createdAfter } = call.query as ListQuery;
    const after = cursor === undefined ? undefined : placeOf(cursor);
    // One more than asked for tells whether there is a next page.
    const request = { ...collection, limit: limit + 1, after, url, taxonomy, createdAfter };
    const found = await orProblem(documents.page(request, call.deadline.signal));
    const shown = found.slice(0, limit).map(({ view }) => view);
    const last = shown.at(-1);
    return json(200, { documents: shown, ...(found.length > limit && last && { next_cursor: cursorAfter(last) }) });
  }

  async function getDocument(call: Call): Promise<Answer> {
    const { doc_id: id } = call.path;
    const found = await orProblem(documents.get(collectionOf(call), id, call.deadline.signal));
    if (!found) throw new RequestProblem(CONDITIONS.notFound, `no document ${id} in this collection`);
    const headers = contentHeaders(found);
    if (matches(call.ifNoneMatch, headers.ETag)) return { status: 304, headers: { ...headers, 'X-Cache': 'HIT' } };
    return json(200, found.view, headers);
  }

  return {
    createDocument,
    createDocuments: batchHandler({ ...options, collectionOf }),
    listDocuments,
    getDocument,
    processJob: documentCallHandler(options),
    live: async () => json(200, { status: 'pass' }, HEALTH_TYPE),
    ready: async () => {
      const body = health.body();
      return json(body.status === 'fail' ? 503 : 200, body, HEALTH_TYPE);
    },
    openapi: async (call) => {
      const headers = { ETag: documentTag };
      return matches(call.ifNoneMatch, documentTag) ? { status: 304, headers } : { status: 200, body: document, headers };
    },
  };
}

function contentHeaders({ contentHash }: StoredDocument) {
  return { ETag: `"${contentHash}"`, 'Cache-Control': PRIVATE };
}

async function orProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toProblem(error);
  }
}
