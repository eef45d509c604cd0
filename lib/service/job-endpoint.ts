import { Ingress } from '../gateway/ingress';
import type { Route } from '../gateway/route';
import type { ApiServiceProps } from './api-service';

/** @internal */
export interface JobEndpoint {
  readonly url: string;
  /** Whether it can be reached from inside the VPC only. */
  readonly isInside: boolean;
}

/**
 * Where a worker calls a service, and what the service needs for it.
 * @param what what asks for it, as errors name it
 * @internal
 */
export function jobEndpoint(
  what: string,
  path: string,
  { ingress = Ingress.gateway(), access, domain }: Pick<ApiServiceProps, 'ingress' | 'access' | 'domain'>,
  dnsName: string,
): JobEndpoint {
  const fault = (allowed: string, got: string, change: string) => new Error(`${what} must be ${allowed}, got ${got}; ${change}`);
  if (!/^\/[\w\-./]*$/.test(path)) throw fault('an absolute path', path, 'begin it with / and leave out what follows a question mark');
  const route = ingress.routes.find((one) => takes(one, path));
  if (!route || route.routeClass === 'api') {
    const change = `add Route.longPolling('${path}') to ingress, or scaling takes slow jobs for a slow service`;
    throw fault('a path with a route and a class of its own', `${path}, a plain API route`, change);
  }
  if (access && !access._isPublic(path)) {
    const change = 'add it to access.publicPaths: calls are signed, and the app verifies them';
    throw fault('a path that needs no API key', path, change);
  }
  if (!domain) return { url: `http://${dnsName}${path}`, isInside: true };
  if (domain.name === undefined) {
    throw fault(
      'a path of a service whose name is known',
      'a domain by its certificate alone',
      'take Domain.inZone() or JobProcessor.function()',
    );
  }
  return { url: `https://${domain.name}${path}`, isInside: false };
}

function takes(route: Route, path: string): boolean {
  return route.path.endsWith('/*') ? path.startsWith(route.path.slice(0, -1)) : route.path === path;
}
