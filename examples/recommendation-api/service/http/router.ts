import { type Operation, type OperationId, OPERATIONS } from '../api/operations';
import { CONDITIONS, RequestProblem } from '../problems';
import { decoded } from './query';

export interface Found {
  readonly operation: Operation & { readonly operationId: OperationId };
  readonly path: { readonly [name: string]: string };
}

interface Pattern {
  readonly segments: readonly string[];
  readonly operations: Map<string, Found['operation']>;
}

const patterns = new Map<string, Pattern>();
for (const operation of OPERATIONS) {
  const pattern = patterns.get(operation.path) ?? { segments: operation.path.split('/'), operations: new Map() };
  patterns.set(operation.path, pattern);
  pattern.operations.set(operation.method, operation);
}

/** The operation that a method and a path name; a problem where there is none. */
export function route(method: string, path: string): Found {
  const segments = path.split('/').map((segment) => decoded(segment, 'the path'));
  for (const pattern of patterns.values()) {
    const parameters = match(pattern.segments, segments);
    if (parameters === undefined) continue;
    const operation = pattern.operations.get(method === 'HEAD' ? 'GET' : method);
    if (operation === undefined) throw methodRefused(pattern, method, path);
    return { operation, path: parameters };
  }
  throw new RequestProblem(CONDITIONS.notFound, 'no such route; GET /api/openapi.json lists them');
}

function match(pattern: readonly string[], segments: readonly string[]): { [name: string]: string } | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters: { [name: string]: string } = {};
  for (const [at, part] of pattern.entries()) {
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = segments[at];
    else if (part !== segments[at]) return undefined;
  }
  return parameters;
}

function methodRefused({ operations }: Pattern, method: string, path: string): RequestProblem {
  const allow = [...operations.keys()].flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one])).join(', ');
  return new RequestProblem(CONDITIONS.methodRefused, `${path} answers ${allow}, got ${method}`, { headers: { Allow: allow } });
}
