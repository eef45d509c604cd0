import { Duration, Size } from 'aws-cdk-lib';

/**
 * What a route may change of its class's limits.
 *
 * @example
 * import { Duration, Size } from 'aws-cdk-lib';
 * import { Route, type RouteOptions } from 'plinth';
 *
 * const slow: RouteOptions = { deadline: Duration.seconds(60), maxBody: Size.mebibytes(1), routeClass: 'reports' };
 * const route = Route.api('/api/reports/*', slow);
 */
export interface RouteOptions {
  /**
   * The longest a request of the route may take, from its headers to the end of its answer; 1 second to 300 seconds.
   * @default - 30 seconds, 120 seconds for long polling (REC-4.8)
   */
  readonly deadline?: Duration;

  /**
   * The largest request body, in true bytes; 1 byte to 1 GiB.
   * @default - 64 KiB, 10 MiB for uploads
   */
  readonly maxBody?: Size;

  /**
   * The class the route's latency and count are reported under; lower-case words with hyphens. Scaling and deployment alarms
   * watch the class `api` only, so that slow routes by design do not trip them.
   * @default - the factory's name: api, long-polling or upload
   */
  readonly routeClass?: string;
}

/**
 * A path with limits of its own: the firewall and the gateway hold the same ones.
 *
 * Paths are exact (`/api/status`) or a prefix (`/api/files/*`); the first route that matches decides, and whatever matches none
 * is a plain API route of 30 seconds and 64 KiB.
 *
 * @example
 * import { Duration, Size } from 'aws-cdk-lib';
 * import { Route } from 'plinth';
 *
 * const routes = [
 *   Route.longPolling('/api/chat/*'),
 *   Route.upload('/api/files/*', { maxBody: Size.mebibytes(128), deadline: Duration.minutes(5) }),
 * ];
 */
export class Route {
  /** A plain API route: 30 seconds, 64 KiB. */
  static api(path: string, options: RouteOptions = {}): Route {
    return new Route(path, 'api', Duration.seconds(30), Size.kibibytes(64), options);
  }

  /** A route that may wait for its answer: 120 seconds, 64 KiB. It raises the load balancer's idle timeout to its deadline. */
  static longPolling(path: string, options: RouteOptions = {}): Route {
    return new Route(path, 'long-polling', Duration.seconds(120), Size.kibibytes(64), options);
  }

  /** A route that takes files: 30 seconds, 10 MiB. */
  static upload(path: string, options: RouteOptions = {}): Route {
    return new Route(path, 'upload', Duration.seconds(30), Size.mebibytes(10), options);
  }

  /** The path it matches. */
  readonly path: string;

  /** The class its metrics are reported under. */
  readonly routeClass: string;

  /** The longest a request may take. */
  readonly deadline: Duration;

  /** The largest request body. */
  readonly maxBody: Size;

  private constructor(path: string, routeClass: string, deadline: Duration, maxBody: Size, options: RouteOptions) {
    this.path = path;
    this.routeClass = options.routeClass ?? routeClass;
    this.deadline = options.deadline ?? deadline;
    this.maxBody = options.maxBody ?? maxBody;
    this.check();
  }

  private check(): void {
    const fault = (prop: string, allowed: string, given: unknown, change: string) =>
      new Error(`Route ${this.path}: ${prop} must be ${allowed}, got ${String(given)}; ${change}`);
    if (!/^\/[\w\-./]*\*?$/.test(this.path) || (this.path.endsWith('*') && !this.path.endsWith('/*'))) {
      throw fault('path', 'an absolute path or a prefix that ends in /*', this.path, 'write it as /api/files/*');
    }
    if (!/^[a-z]+(-[a-z]+)*$/.test(this.routeClass)) {
      throw fault('routeClass', 'lower-case words with hyphens', this.routeClass, 'rename the class');
    }
    const seconds = this.deadline.toSeconds({ integral: false });
    if (seconds < 1 || seconds > 300)
      throw fault('deadline', 'between 1 and 300 seconds', `${seconds} seconds`, 'move longer work to a job');
    const bytes = this.maxBody.toBytes();
    if (bytes < 1 || bytes > 1024 ** 3)
      throw fault('maxBody', 'between 1 byte and 1 GiB', `${bytes} bytes`, 'send larger content to a bucket');
  }
}
