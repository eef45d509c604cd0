import type { IncomingMessage } from 'node:http';
import { faultsOf } from '../api/schema';
import { CONDITIONS, invalidFields, RequestProblem } from '../problems';
import { parseQuery } from './query';
import { readJson } from './request-body';
import type { Found } from './router';

/** The query and the body of a request, checked by its operation's schemas. */
export async function checkedInput({ operation, path, rawQuery }: Found & { readonly rawQuery: string }, request: IncomingMessage) {
  const query = parseQuery(rawQuery, operation.query ?? {});
  const faults = faultsOf({ type: 'object', properties: operation.query ?? {}, additionalProperties: false }, query);
  if (faults.length > 0) throw invalidFields(faults);
  for (const [name, schema] of Object.entries(operation.pathParameters ?? {})) {
    if (faultsOf(schema, path[name]).length > 0)
      throw new RequestProblem(CONDITIONS.notFound, `no ${name} like this; it must be ${schema.description}`);
  }
  const body = operation.body && (await readJson(request));
  if (operation.body && (body !== undefined || operation.body.required)) {
    const bodyFaults =
      body === undefined ? [{ field: '', allowed: 'a JSON object', given: 'nothing' }] : faultsOf(operation.body.schema, body);
    if (bodyFaults.length > 0) throw invalidFields(bodyFaults);
  }
  return { query, body };
}
