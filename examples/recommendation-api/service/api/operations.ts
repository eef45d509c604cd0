import { jobOperation } from '../../../shared/api/job-operation';
import { type Operation, plainText } from '../../../shared/api/operation';
import type { JsonSchema } from '../../../shared/api/schema';
import { ref } from './components';

const CACHE_HEADERS = {
  ETag: 'The hash of the content.',
  'X-Cache': 'HIT: from the cache. MISS: made for this request. STALE: from the cache past its time, as it could not be made anew.',
};

const SESSION = [{ session: [] }] as const;
const SESSION_OR_NONE = [{ session: [] }, {}] as const;

const filter: JsonSchema = {
  type: 'object',
  description: 'What recommendations are taken from; all of it must hold.',
  additionalProperties: false,
  properties: {
    group: plainText(100, 'the group of a category'),
    program: plainText(100, 'the award program of a category'),
    taxonomies: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      items: plainText(100, 'a tag'),
      description: 'tags of which a category has all',
    },
    createdAfter: { type: 'string', format: 'date-time', description: 'the time after which a category was first stored' },
  },
};

/** What is asked for, now or by a job. */
export const RECOMMENDATION_REQUEST: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: {
    text: plainText(2_000, 'what to find categories for'),
    limit: { type: 'integer', minimum: 1, maximum: 50, default: 10, description: 'the most recommendations to answer' },
    filter,
  },
};

/** The routes of the service: the table that requests are checked by and the OpenAPI document is made from. */
export const OPERATIONS = [
  {
    operationId: 'recommend',
    method: 'POST',
    path: '/api/recommendations',
    summary: 'The categories that suit a text best, the best first',
    security: SESSION_OR_NONE,
    body: {
      required: true,
      schema: RECOMMENDATION_REQUEST,
    },
    answers: { 200: { description: 'The recommendations.', schema: ref('Recommendations'), headers: CACHE_HEADERS } },
    problems: [503],
  },
  {
    operationId: 'listCategories',
    method: 'GET',
    path: '/api/categories',
    summary: 'Categories by id, a page at a time',
    query: {
      limit: { type: 'integer', minimum: 1, maximum: 100, default: 50, description: 'the most categories of a page' },
      cursor: {
        type: 'string',
        minLength: 1,
        maxLength: 200,
        pattern: '^[A-Za-z0-9_-]+$',
        description: 'nextCursor of the page before',
      },
      group: plainText(100, 'the group of a category'),
      program: plainText(100, 'the award program of a category'),
    },
    answers: {
      200: { description: 'One page.', schema: ref('CategoryPage'), headers: CACHE_HEADERS },
      304: { description: 'The page is the one that If-None-Match names.', headers: CACHE_HEADERS },
    },
    problems: [503],
  },
  {
    operationId: 'getCategory',
    method: 'GET',
    path: '/api/categories/{id}',
    summary: 'One category',
    pathParameters: { id: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[a-z0-9-]+$', description: 'the id of a category' } },
    answers: {
      200: { description: 'The category.', schema: ref('Category'), headers: CACHE_HEADERS },
      304: { description: 'The category is the one that If-None-Match names.', headers: CACHE_HEADERS },
    },
    problems: [404, 503],
  },
  {
    operationId: 'createSession',
    method: 'POST',
    path: '/api/sessions',
    summary: 'A session that keeps the last queries for 24 hours after its last use',
    body: { required: false, schema: { type: 'object', additionalProperties: false, properties: {} } },
    answers: {
      201: {
        description: 'The session; its id is also set as a cookie.',
        schema: ref('Session'),
        headers: { 'Set-Cookie': '`__Host-session`: Secure, HttpOnly, SameSite=Lax.', Location: 'Where the session is read.' },
      },
    },
    problems: [503],
  },
  {
    operationId: 'getSession',
    method: 'GET',
    path: '/api/sessions/current',
    summary: 'The session of the cookie',
    security: SESSION,
    answers: { 200: { description: 'The session.', schema: ref('Session') } },
    problems: [401, 503],
  },
  {
    operationId: 'deleteSession',
    method: 'DELETE',
    path: '/api/sessions/current',
    summary: 'Ends the session of the cookie and forgets its queries',
    security: SESSION,
    answers: { 204: { description: 'The session is gone.', headers: { 'Set-Cookie': 'The cookie is cleared.' } } },
    problems: [401, 503],
  },
  jobOperation('/internal/jobs/recommend'),
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
      200: { description: 'The document.', schema: { type: 'object' }, headers: { ETag: CACHE_HEADERS.ETag } },
      304: { description: 'The document is the one that If-None-Match names.' },
    },
  },
] as const satisfies readonly Operation[];

export type OperationId = (typeof OPERATIONS)[number]['operationId'];
