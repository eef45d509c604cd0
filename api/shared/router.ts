import { problemResponse } from './problem';
import type { ApiContext, ApiRequest, ApiResponse, ApiRoute } from './route';

interface Compiled {
  readonly route: ApiRoute;
  readonly segments: readonly string[];
}

/** Finds the route of a request and calls it, if the caller's key may. */
export class Router {
  private readonly routes: readonly Compiled[];

  constructor(routes: readonly ApiRoute[]) {
    // Literal segments before names: /v1/jobs/batch is not the job `batch`.
    this.routes = routes
      .map((route) => ({ route, segments: route.path.split('/') }))
      .toSorted((one, other) => names(one.segments) - names(other.segments));
  }

  /** The largest body any route of a path takes, in bytes; nothing for a path that is not here. */
  maxBodyBytes(path: string): number | undefined {
    const sizes = this.matching(path).map(({ route }) => route.maxBodyBytes);
    return sizes.length === 0 ? undefined : Math.max(...sizes);
  }

  /** Whether a path needs no key: whatever the method, so that a wrong one is told by its own problem. */
  isPublic(path: string): boolean {
    const here = this.matching(path);
    return here.length > 0 && here.every(({ route }) => route.isPublic);
  }

  /** Nothing when the path is none of these routes': it is somebody else's. */
  async handle(request: Omit<ApiRequest, 'params'>, context: ApiContext): Promise<ApiResponse | undefined> {
    const here = this.matching(request.path);
    if (here.length === 0) return undefined;
    const found = here.find(({ route }) => route.method === request.method || (route.method === 'GET' && request.method === 'HEAD'));
    if (!found) return methodRefused(request.method, here, context.requestId);
    const { route, segments } = found;
    if (!route.isPublic && !route.scopes.some((scope) => context.scopes.includes(scope))) return scopeMissing(route, context);
    const answer = await route.handler({ ...request, params: paramsOf(segments, request.path) }, context);
    return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
  }

  private matching(path: string): readonly Compiled[] {
    const parts = path.split('/');
    const here = this.routes.filter(
      ({ segments }) =>
        segments.length === parts.length && segments.every((segment, at) => (isName(segment) ? parts[at] !== '' : segment === parts[at])),
    );
    const least = Math.min(...here.map(({ segments }) => names(segments)));
    return here.filter(({ segments }) => names(segments) === least);
  }
}

const isName = (segment: string) => segment.startsWith('{');
const names = (segments: readonly string[]) => segments.filter(isName).length;

function paramsOf(segments: readonly string[], path: string): Record<string, string> {
  const parts = path.split('/');
  const entries = segments.flatMap((segment, at) => (isName(segment) ? [[segment.slice(1, -1), parts[at]] as const] : []));
  return Object.fromEntries(entries);
}

function methodRefused(method: string, here: readonly Compiled[], requestId: string): ApiResponse {
  const allow = here.map(({ route }) => route.method).join(', ');
  const detail = `${method} is not served here; allowed: ${allow}`;
  return problemResponse({ code: 'method-refused', status: 405, title: 'The method is not served', detail, headers: { allow } }, requestId);
}

function scopeMissing({ scopes }: ApiRoute, context: ApiContext): ApiResponse {
  const detail = `the key must have the scope ${scopes.join(' or ')}, got ${context.scopes.join(', ') || 'none'}`;
  return problemResponse({ code: 'scope-missing', status: 403, title: 'The key may not do this', detail }, context.requestId);
}
