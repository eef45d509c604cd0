import { closed, COMMON_COMPONENTS, plainText } from '../../../shared/api/operation';
import type { JsonSchema } from '../../../shared/api/schema';
import { PAYLOAD_SCHEMA, URL_SCHEMA } from '../extractors/extractor';
import { localExtractors } from '../extractors/registry';

const MAX_FEATURES = 10;

const words = (description: string): JsonSchema => ({ type: 'string', description });
const time = (description: string): JsonSchema => ({ type: 'string', format: 'date-time', description });
const share: JsonSchema = { type: 'number', minimum: 0, maximum: 1 };

const registered = localExtractors();
const VERSIONS = registered.ids.map((id) => `${id} ${registered.versions(id).join(', ')}`).join('; ');

const OBJECT_ID = plainText(256, "the caller's own id of the document");

const NAMES = {
  feature_extractor_id: { type: 'string', minLength: 1, maxLength: 64, description: `an extractor: ${registered.ids.join(', ')}` },
  version: { type: 'string', minLength: 1, maxLength: 32, description: `a version of the extractor: ${VERSIONS}` },
} as const satisfies { readonly [name: string]: JsonSchema };

/** What a feature must have to be looked up. */
export const FEATURE_NAMES: JsonSchema = { type: 'object', required: Object.keys(NAMES), properties: NAMES };

const DOCUMENT_PROPERTIES = {
  object_id: OBJECT_ID,
  features: {
    type: 'array',
    minItems: 1,
    maxItems: MAX_FEATURES,
    description: 'features, each of another extractor',
    items: closed({ ...NAMES, payload: PAYLOAD_SCHEMA }),
  },
  metadata: {
    type: 'object',
    maxProperties: 20,
    propertyNames: {
      type: 'string',
      minLength: 1,
      maxLength: 64,
      pattern: '^[A-Za-z][A-Za-z0-9_.-]*$',
      description: 'a letter, then letters, digits, _, . and -',
    },
    properties: { url: URL_SCHEMA },
    additionalProperties: plainText(1_000, 'a value that is kept with the document'),
    description: 'names and values',
  },
} as const satisfies { readonly [name: string]: JsonSchema };

/** A document as it is sent; which versions there are is checked beside it. */
export const DOCUMENT_SCHEMA: JsonSchema = { ...closed(DOCUMENT_PROPERTIES, ['features']), description: 'a document' };

/** A document of a batch: its caller must know it again in the answer. */
export const BATCH_DOCUMENT_SCHEMA: JsonSchema = { ...closed(DOCUMENT_PROPERTIES, ['object_id', 'features']), description: 'a document' };

const DOCUMENT = {
  document_id: words('The same for the same object_id, or for the same content where there is none.'),
  collection_id: words('The collection it is in.'),
  object_id: words("The caller's own id."),
  metadata: { type: 'object', additionalProperties: { type: 'string' }, description: 'As it was sent.' },
  features: { type: 'array', items: closed({ feature_extractor_id: { type: 'string' }, version: { type: 'string' } }) },
  enrichments: closed(
    {
      taxonomies: { type: 'array', items: closed({ label: { type: 'string' }, score: share }), description: 'The highest score first.' },
      keywords: { type: 'array', items: closed({ keyword: { type: 'string' }, score: share }), description: 'The highest score first.' },
    },
    [],
  ),
  created_at: time('When it was first stored.'),
  updated_at: time('When it was last changed.'),
} as const satisfies { readonly [name: string]: JsonSchema };

const REQUIRED = ['document_id', 'collection_id', 'metadata', 'features', 'enrichments', 'created_at', 'updated_at'];

/** The shapes of requests and answers, by name. */
export const COMPONENTS = {
  DocumentInput: DOCUMENT_SCHEMA,
  BatchDocumentInput: BATCH_DOCUMENT_SCHEMA,
  AsyncDocumentInput: closed(
    {
      document: DOCUMENT_SCHEMA,
      webhook_url: { type: 'string', minLength: 1, maxLength: 2_048, description: 'an https URL of a public host' },
    },
    ['document'],
  ),
  Document: closed(DOCUMENT, REQUIRED),
  DocumentPage: closed(
    {
      documents: { type: 'array', maxItems: 100, items: { $ref: '#/components/schemas/Document' } },
      next_cursor: words('What to give as cursor for the next page; missing on the last.'),
    },
    ['documents'],
  ),
  Batch: closed({
    succeeded: { type: 'integer', minimum: 0 },
    failed: { type: 'integer', minimum: 0 },
    items: {
      type: 'array',
      description: 'One for each document, in their order.',
      items: closed(
        {
          index: { type: 'integer', minimum: 0 },
          object_id: words('As it was sent; missing where it was no text.'),
          status: { type: 'integer', description: 'As if the document had come alone.' },
          document: { $ref: '#/components/schemas/Document' },
          problem: { $ref: '#/components/schemas/Problem' },
        },
        ['index', 'status'],
      ),
    },
  }),
  AcceptedJob: closed(
    {
      job_id: words('What to ask for under /v1/jobs/{id}.'),
      status: { type: 'string', enum: ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] },
      estimated_time_ms: { type: 'integer', minimum: 0, description: 'The median from submission to success.' },
      estimated_time_p95_ms: { type: 'integer', minimum: 0, description: 'Once measured.' },
      approximate_queue_position: { type: 'integer', minimum: 1 },
      webhook: { type: 'string', enum: ['accepted'], description: 'The end of the job is posted to the URL, signed.' },
    },
    ['job_id', 'status', 'estimated_time_ms'],
  ),
  ...COMMON_COMPONENTS,
} as const satisfies { readonly [name: string]: JsonSchema };

export function ref(name: keyof typeof COMPONENTS): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}
