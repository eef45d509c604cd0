import type { IncomingMessage } from 'node:http';
import { faultsOf } from '../api/schema';
import { CONDITIONS, invalidFields, RequestProblem } from './problems';
import { parseQuery } from './query';
import { parseJson, readBody } from './request-body';
import type { Found } from './router';

const NO_BYTES = Buffer.alloc(0);

/** The query and the body of a request, checked by its operation's schemas. */
export async function checkedInput({ operation, path, rawQuery }: Found & { readonly rawQuery: string }, request: IncomingMessage) {
  const query = parseQuery(rawQuery, operation.query ?? {});
  const faults = faultsOf({ type: 'object', properties: operation.query ?? {}, additionalProperties: false }, query);
  if (faults.length > 0) throw invalidFields(faults);
  for (const [name, schema] of Object.entries(operation.pathParameters ?? {})) {
    if (faultsOf(schema, path[name]).length > 0)
      throw new RequestProblem(CONDITIONS.notFound, `no ${name} like this; it must be ${schema.description}`);
  }
  if (!operation.body) return { query, body: undefined, bytes: NO_BYTES };
  const { required, schema, schemaOf, maxBytes } = operation.body;
  const bytes = await readBody(request, maxBytes);
  const body = bytes.length === 0 ? undefined : parseJson(bytes);
  if (body !== undefined || required) {
    const bodyFaults =
      body === undefined ? [{ field: '', allowed: 'a JSON object', given: 'nothing' }] : faultsOf(schemaOf?.(query) ?? schema, body);
    if (bodyFaults.length > 0) throw invalidFields(bodyFaults);
  }
  return { query, body, bytes };
}
