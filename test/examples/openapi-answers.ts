import { execFileSync } from 'node:child_process';
import Ajv2020 from 'ajv/dist/2020';
import type { Operation } from '../../examples/shared/api/operation';

interface ResponseObject {
  readonly content?: { readonly [type: string]: object };
  readonly headers?: { readonly [name: string]: object };
}

export interface OpenApi {
  readonly paths: {
    readonly [path: string]: { readonly [method: string]: { readonly responses: { readonly [status: string]: ResponseObject } } };
  };
}

// The parser is an ES module, which jest does not load.
const VALIDATE = `
import SwaggerParser from '@apidevtools/swagger-parser';
console.log((await SwaggerParser.validate(process.argv[1])).openapi);
`;

/** The version of OpenAPI that a file is a valid document of. */
export function validatedVersion(file: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', VALIDATE, file], { encoding: 'utf8', cwd: __dirname }).trim();
}

/** Compares answers with what a document says of them. */
export class DescribedAnswers {
  // `example` words of the dialect are left to readers.
  private readonly ajv = new Ajv2020({ strict: false, formats: { 'date-time': isDate, uri: (text: string) => URL.canParse(text) } });

  constructor(
    private readonly document: OpenApi,
    private readonly operations: readonly Operation[],
  ) {
    this.ajv.addSchema(document, 'api');
  }

  /** Every status of every operation that is described, as `createDocument 200`. */
  get statuses(): string[] {
    return publicOf(this.operations).flatMap(({ operationId }) =>
      Object.keys(this.of(operationId).responses).map((status) => `${operationId} ${status}`),
    );
  }

  /** What is not as it is described; nothing where all is. */
  async faults(operationId: string, response: Response): Promise<string[]> {
    const { path, method, responses } = this.of(operationId);
    const text = await response.text();
    if (!(response.status in responses)) return [`the status ${response.status} is not described`];
    const { content, headers = {} } = responses[response.status];
    const [type = null] = Object.keys(content ?? {});
    const given = response.headers.get('content-type');
    const faults = given === type ? [] : [`the type must be ${type}, got ${given}`];
    for (const name of Object.keys(headers)) if (!response.headers.has(name)) faults.push(`the header ${name} is missing`);
    if (type === null) return faults;
    const pointer = ['paths', path, method, 'responses', String(response.status), 'content', type, 'schema'].map(escaped).join('/');
    const validate = this.ajv.compile({ $ref: `api#/${pointer}` });
    return validate(JSON.parse(text)) ? faults : [...faults, JSON.stringify(validate.errors)];
  }

  private of(operationId: string) {
    const { path, method } = this.operations.find((operation) => operation.operationId === operationId)!;
    return { path, method: method.toLowerCase(), responses: this.document.paths[path][method.toLowerCase()].responses };
  }
}

function isDate(text: string): boolean {
  return new Date(text).toISOString().slice(0, 19) === text.slice(0, 19);
}

function escaped(part: string): string {
  return part.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
}

/** Internal routes are in no document. */
function publicOf(operations: readonly Operation[]): readonly Operation[] {
  return operations.filter(({ isInternal }) => !isInternal);
}

/** The methods and paths of a document, and those of the table that requests are routed by. */
export function routesOf(
  document: OpenApi,
  operations: readonly Operation[],
): { readonly documented: string[]; readonly served: string[] } {
  const documented = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
  const served = publicOf(operations).flatMap(({ method, path }) =>
    [method, ...(method === 'GET' ? ['HEAD'] : [])].map((one) => `${one.toLowerCase()} ${path}`),
  );
  return { documented: documented.toSorted(), served: served.toSorted() };
}
