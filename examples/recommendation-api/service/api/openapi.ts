import { STATUS_CODES } from 'node:http';
import { COMPONENTS, ref } from './components';
import { type AnswerDescription, type Operation, OPERATIONS, problemStatuses } from './operations';
import type { JsonSchema } from './schema';

const DESCRIPTION = `Finds award categories that suit a text.

Every problem is \`application/problem+json\` (RFC 9457). Beside what stands at each route: an unknown path is 404, another method 405 with
\`Allow\`. GET routes answer HEAD. Every answer has \`x-request-id\`.`;

/** The OpenAPI 3.1 document of the service. */
export function openApi(): object {
  const paths: { [path: string]: { [method: string]: object } } = {};
  for (const operation of OPERATIONS as readonly Operation[]) {
    const methods = (paths[operation.path] ??= {});
    methods[operation.method.toLowerCase()] = operationObject(operation);
    if (operation.method === 'GET') methods.head = headOf(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Recommendation API',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: COMPONENTS,
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-session' } },
    },
  };
}

function operationObject(operation: Operation): object {
  const { operationId, summary, body, session } = operation;
  return {
    operationId,
    summary,
    ...(session && { security: session === 'required' ? [{ session: [] }] : [{ session: [] }, {}] }),
    parameters: parametersOf(operation),
    ...(body && { requestBody: { required: body.required, content: { 'application/json': { schema: body.schema } } } }),
    responses: responsesOf(operation, true),
  };
}

function headOf(operation: Operation): object {
  const { operationId, summary } = operation;
  return {
    operationId: `${operationId}Head`,
    summary: `${summary}: the headers alone`,
    ...(operation.session && { security: [{ session: [] }] }),
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
      { description: `${STATUS_CODES[status]}.`, contentType: 'application/problem+json', schema: ref('Problem') },
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
