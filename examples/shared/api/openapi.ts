import { STATUS_CODES } from 'node:http';
import { type AnswerDescription, type Operation, problemStatuses } from './operation';
import type { JsonSchema } from './schema';

export interface OpenApiOptions {
  readonly title: string;
  readonly description: string;
  readonly operations: readonly Operation[];
  /** The shapes that answers have, by name; `Problem` is among them. */
  readonly components: { readonly [name: string]: JsonSchema };
  readonly securitySchemes: { readonly [name: string]: object };
}

/** The OpenAPI 3.1 document of a service, out of the table that its requests are checked by; internal routes are not in it. */
export function openApiDocument({ title, description, operations, components, securitySchemes }: OpenApiOptions): object {
  const paths: { [path: string]: { [method: string]: object } } = {};
  for (const operation of operations.filter(({ isInternal }) => !isInternal)) {
    const methods = (paths[operation.path] ??= {});
    methods[operation.method.toLowerCase()] = operationObject(operation);
    if (operation.method === 'GET') methods.head = headOf(operation);
  }
  return {
    openapi: '3.1.0',
    info: { title, version: '1.0.0', description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: components, securitySchemes },
  };
}

function operationObject(operation: Operation): object {
  const { operationId, summary, body, security } = operation;
  return {
    operationId,
    summary,
    ...(security && { security }),
    parameters: parametersOf(operation),
    ...(body && { requestBody: { required: body.required, content: { 'application/json': { schema: body.schema } } } }),
    responses: responsesOf(operation, true),
  };
}

function headOf(operation: Operation): object {
  const { operationId, summary, security } = operation;
  return {
    operationId: `${operationId}Head`,
    summary: `${summary}: the headers alone`,
    ...(security && { security }),
    parameters: parametersOf(operation),
    responses: responsesOf(operation, false),
  };
}

function parametersOf({ pathParameters = {}, query = {}, answers }: Operation): object[] {
  const parameter = (place: string, required: boolean) => (entry: [string, JsonSchema]) => ({
    name: entry[0],
    in: place,
    required,
    schema: entry[1],
  });
  const conditional = 304 in answers ? [parameter('header', false)(['If-None-Match', { type: 'string' }])] : [];
  return [
    ...Object.entries(pathParameters).map(parameter('path', true)),
    ...Object.entries(query).map(parameter('query', false)),
    ...conditional,
  ];
}

function responsesOf(operation: Operation, withBodies: boolean): { [status: string]: object } {
  const responses: { [status: string]: object } = {};
  for (const status of problemStatuses(operation)) {
    responses[status] = response(
      {
        description: `${STATUS_CODES[status]}.`,
        contentType: 'application/problem+json',
        schema: { $ref: '#/components/schemas/Problem' },
      },
      withBodies,
    );
  }
  for (const [status, answer] of Object.entries(operation.answers)) responses[status] = response(answer, withBodies);
  return responses;
}

function response({ description, contentType = 'application/json', schema, headers }: AnswerDescription, withBody: boolean): object {
  return {
    description,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, about]) => [name, { description: about, schema: { type: 'string' } }]),
      ),
    }),
    ...(schema && withBody && { content: { [contentType]: { schema } } }),
  };
}
