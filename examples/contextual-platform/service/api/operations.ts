import { jobOperation } from '../../../shared/api/job-operation';
import { type Operation, plainText } from '../../../shared/api/operation';
import type { JsonSchema } from '../../../shared/api/schema';
import { URL_SCHEMA } from '../extractors/extractor';
import { COMPONENTS, ref } from './components';

/** What a call may ask for: so many documents can be worked on at a time, and none waits for another of its batch. */
export const MAX_BATCH = 32;
/** A text may stand in several features. */
export const MAX_BODY_BYTES = 1024 * 1024;

const KEY = [{ key: [] }] as const;

const COLLECTION: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]*$',
  description: '1 to 64 letters, digits, _ and -, beginning with a letter or digit',
};
const DOCUMENT_ID: JsonSchema = { type: 'string', pattern: '^doc_[A-Za-z0-9_-]{22}$', description: 'a document_id of this collection' };

const CONTENT_HEADERS = { ETag: 'The SHA-256 of the content.', 'Cache-Control': 'private: the answer is for its tenant.' };

/** The routes of the service: the table that requests are checked by and the OpenAPI document is made from. */
export const OPERATIONS = [
  {
    operationId: 'createDocument',
    method: 'POST',
    path: '/v1/collections/{id}/documents',
    summary: 'Processes a document and answers its enrichments; with async=true, queues it',
    security: KEY,
    pathParameters: { id: COLLECTION },
    query: { async: { type: 'string', enum: ['true', 'false'], default: 'false', description: 'whether a job does it' } },
    body: {
      required: true,
      schema: { anyOf: [ref('DocumentInput'), ref('AsyncDocumentInput')], description: 'With async=true the latter.' },
      // A document is checked by the handler, together with its extractors.
      schemaOf: ({ async }) => (async === 'true' ? ENVELOPE : { type: 'object', description: 'a document' }),
      maxBytes: MAX_BODY_BYTES,
    },
    answers: {
      200: {
        description: 'The document, stored.',
        schema: ref('Document'),
        headers: {
          ...CONTENT_HEADERS,
          'X-Cache': 'HIT: every feature came from the cache. MISS: some were made for this request.',
          'Content-Location': 'Where the document is read.',
        },
      },
      202: { description: 'The job that does it.', schema: ref('AcceptedJob'), headers: { Location: 'Where the job is read.' } },
    },
    problems: [401, 404, 429, 501, 503],
  },
  {
    operationId: 'createDocuments',
    method: 'POST',
    path: '/v1/collections/{id}/documents/batch',
    summary: 'Processes documents in parallel; each succeeds or fails by itself',
    security: KEY,
    pathParameters: { id: COLLECTION },
    body: {
      required: true,
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['documents'],
        // Each is checked by itself: a bad one leaves the others as they are.
        properties: {
          documents: { type: 'array', minItems: 1, maxItems: MAX_BATCH, items: ref('BatchDocumentInput'), description: 'documents' },
        },
      },
      maxBytes: MAX_BODY_BYTES,
    },
    answers: { 207: { description: 'What became of each.', schema: ref('Batch') } },
    problems: [401, 404],
  },
  {
    operationId: 'listDocuments',
    method: 'GET',
    path: '/v1/collections/{id}/documents',
    summary: 'The documents of a collection, the newest first, a page at a time',
    security: KEY,
    pathParameters: { id: COLLECTION },
    query: {
      limit: { type: 'integer', minimum: 1, maximum: 100, default: 50, description: 'the most documents of a page' },
      cursor: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$', description: 'next_cursor of the page before' },
      url: URL_SCHEMA,
      taxonomy: plainText(100, 'a label that documents have'),
      created_after: { type: 'string', format: 'date-time', description: 'the time after which a document was first stored' },
    },
    answers: { 200: { description: 'One page.', schema: ref('DocumentPage') } },
    problems: [401, 404, 503],
  },
  {
    operationId: 'getDocument',
    method: 'GET',
    path: '/v1/collections/{id}/documents/{doc_id}',
    summary: 'One document',
    security: KEY,
    pathParameters: { id: COLLECTION, doc_id: DOCUMENT_ID },
    answers: {
      200: { description: 'The document.', schema: ref('Document'), headers: CONTENT_HEADERS },
      304: { description: 'The content is the one that If-None-Match names.', headers: { ...CONTENT_HEADERS, 'X-Cache': 'HIT.' } },
    },
    problems: [401, 404, 503],
  },
  jobOperation('/internal/jobs/documents', MAX_BODY_BYTES),
  {
    operationId: 'live',
    method: 'GET',
    path: '/api/health/live',
    summary: 'Whether the process lives, whatever its dependencies do',
    answers: { 200: { description: 'It lives.', contentType: 'application/health+json', schema: ref('Liveness') } },
  },
  {
    operationId: 'ready',
    method: 'GET',
    path: '/api/health/ready',
    summary: 'Whether the process can serve',
    answers: {
      200: { description: 'It can; `warn` where a part of it cannot.', contentType: 'application/health+json', schema: ref('Health') },
      503: { description: 'It cannot yet, or no longer.', contentType: 'application/health+json', schema: ref('Health') },
    },
  },
  {
    operationId: 'openapi',
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'This document',
    answers: {
      200: { description: 'The document.', schema: { type: 'object' }, headers: { ETag: 'The hash of the document.' } },
      304: { description: 'The document is the one that If-None-Match names.' },
    },
  },
] as const satisfies readonly Operation[];

const ENVELOPE: JsonSchema = {
  ...COMPONENTS.AsyncDocumentInput,
  properties: { ...COMPONENTS.AsyncDocumentInput.properties, document: { type: 'object', description: 'a document' } },
};

export type OperationId = (typeof OPERATIONS)[number]['operationId'];
