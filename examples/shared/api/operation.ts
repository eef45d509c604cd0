import type { JsonSchema } from './schema';

export interface AnswerDescription {
  readonly description: string;
  readonly contentType?: string;
  readonly schema?: JsonSchema;
  readonly headers?: { readonly [name: string]: string };
}

export interface BodyDescription {
  readonly required: boolean;
  /** As documented. */
  readonly schema: JsonSchema;
  /** What a body is checked by, where the query decides: the documented schema else. */
  readonly schemaOf?: (query: { readonly [name: string]: unknown }) => JsonSchema;
  /** @default 64 KiB */
  readonly maxBytes?: number;
}

/** One route: what it takes, and what it answers beside the problems that all routes have in common. */
export interface Operation {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly pathParameters?: { readonly [name: string]: JsonSchema };
  readonly query?: { readonly [name: string]: JsonSchema };
  readonly body?: BodyDescription;
  /** Which credentials are read, as OpenAPI has them: any one of the list. */
  readonly security?: readonly { readonly [scheme: string]: readonly string[] }[];
  readonly answers: { readonly [status: number]: AnswerDescription };
  /** The statuses of problems that this route answers beside the common ones. */
  readonly problems?: readonly number[];
  /** Called by other parts of the platform only: the OpenAPI document leaves it out. */
  readonly isInternal?: boolean;
}

/** The statuses of problems that an operation answers. */
export function problemStatuses({ body, query, problems = [] }: Operation): number[] {
  const ofFields = query || body ? [422] : [];
  const ofBody = body ? [413, 415] : [];
  return [...new Set([400, ...ofBody, ...ofFields, 500, ...problems, 504])].toSorted((one, other) => one - other);
}

/** Neither NUL, which PostgreSQL cannot hold, nor half a surrogate pair, which is no character; and more than white space. */
export const PLAIN_TEXT = '^(?=[^]*\\S)[^\\u0000\\p{Cs}]+$';

export const plainText = (maxLength: number, description: string): JsonSchema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  pattern: PLAIN_TEXT,
  description: `${description}; not white space alone, without NUL or unpaired surrogates`,
});

const words = (description: string): JsonSchema => ({ type: 'string', description });
const time = (description: string): JsonSchema => ({ type: 'string', format: 'date-time', description });

/** An object that has these properties and no other. */
export const closed = (properties: { readonly [name: string]: JsonSchema }, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

const STATUS: JsonSchema = { type: 'string', enum: ['pass', 'warn', 'fail'] };

/** The shapes of answers that every service has, by name. */
export const COMMON_COMPONENTS = {
  Liveness: closed({ status: { type: 'string', enum: ['pass'] } }),
  Health: closed({
    status: STATUS,
    description: words('What the status is about.'),
    checks: {
      type: 'object',
      description: 'By component and measurement.',
      additionalProperties: {
        type: 'array',
        items: closed({ status: STATUS, time: time('When it was looked at.'), output: words('What was found.') }, ['status', 'time']),
      },
    },
  }),
  Problem: {
    type: 'object',
    description: 'RFC 9457.',
    required: ['type', 'title', 'status', 'requestId'],
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      detail: words('What is wrong with this request.'),
      requestId: words('What to name when you ask about it.'),
      errors: {
        type: 'array',
        description: 'Every bad field.',
        items: closed({ field: { type: 'string' }, allowed: { type: 'string' }, given: { type: 'string' } }),
      },
    },
  },
} as const satisfies { readonly [name: string]: JsonSchema };
