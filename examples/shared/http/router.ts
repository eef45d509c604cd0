import type { Operation } from '../api/operation';
import { CONDITIONS, RequestProblem } from './problems';
import { decoded } from './query';

export interface Found<Id extends string = string> {
  readonly operation: Operation & { readonly operationId: Id };
  readonly path: { readonly [name: string]: string };
}

interface Pattern<Id extends string> {
  readonly segments: readonly string[];
  readonly operations: Map<string, Found<Id>['operation']>;
}

/** Finds the operation of a request in the table of a service. */
export class Router<Id extends string> {
  private readonly patterns: readonly Pattern<Id>[];

  /** @param documentPath where the OpenAPI document is read, for whom no route suits */
  constructor(
    operations: readonly Found<Id>['operation'][],
    private readonly documentPath: string,
  ) {
    const patterns = new Map<string, Pattern<Id>>();
    for (const operation of operations) {
      const pattern = patterns.get(operation.path) ?? { segments: operation.path.split('/'), operations: new Map() };
      patterns.set(operation.path, pattern);
      pattern.operations.set(operation.method, operation);
    }
    // Literal segments before names: what is asked of `documents/batch` is not meant for the document `batch`.
    this.patterns = [...patterns.values()].toSorted((one, other) => namesIn(one) - namesIn(other));
  }

  /** The operation that a method and a path name; a problem where there is none. */
  find(method: string, path: string): Found<Id> {
    const segments = path.split('/').map((segment) => decoded(segment, 'the path'));
    for (const pattern of this.patterns) {
      const parameters = match(pattern.segments, segments);
      if (parameters === undefined) continue;
      const operation = pattern.operations.get(method === 'HEAD' ? 'GET' : method);
      if (operation === undefined) throw methodRefused(pattern, method, path);
      return { operation, path: parameters };
    }
    throw new RequestProblem(CONDITIONS.notFound, `no such route; GET ${this.documentPath} lists them`);
  }
}

function namesIn({ segments }: Pick<Pattern<string>, 'segments'>): number {
  return segments.filter((segment) => segment.startsWith('{')).length;
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

function methodRefused({ operations }: Pattern<string>, method: string, path: string): RequestProblem {
  const allow = [...operations.keys()].flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one])).join(', ');
  return new RequestProblem(CONDITIONS.methodRefused, `${path} answers ${allow}, got ${method}`, { headers: { Allow: allow } });
}
