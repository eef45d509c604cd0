import { GatewayImage } from './gateway-image';
import type { Route } from './route';

/**
 * What stands between the load balancer and the app container.
 *
 * @example
 * import { type DirectIngressOptions, Ingress, Route } from 'plinth';
 *
 * const options: DirectIngressOptions = { routes: [Route.upload('/api/files/*')] };
 * const ingress = Ingress.direct(options);
 */
export interface DirectIngressOptions {
  /**
   * Paths with limits of their own, tried in this order; everything else is a plain API route.
   * @default - none
   */
  readonly routes?: Route[];
}

/**
 * What the gateway is made of, and the limits it holds.
 *
 * @example
 * import { type GatewayIngressOptions, GatewayImage, Ingress } from 'plinth';
 *
 * const options: GatewayIngressOptions = { image: GatewayImage.fromAsset() };
 * const ingress = Ingress.gateway(options);
 */
export interface GatewayIngressOptions extends DirectIngressOptions {
  /**
   * Where the gateway's image comes from.
   * @default - built from the shipped Dockerfile at deployment
   */
  readonly image?: GatewayImage;
}

/**
 * How requests reach the app container.
 *
 * @example
 * import { Ingress, Route } from 'plinth';
 *
 * const ingress = Ingress.gateway({ routes: [Route.longPolling('/api/chat/*'), Route.upload('/api/files/*')] });
 */
export class Ingress {
  /**
   * Through the gateway container: TLS to the task, deadlines and body limits by route, readiness while draining, access log and
   * the latency metric that scaling watches.
   */
  static gateway(options: GatewayIngressOptions = {}): Ingress {
    return new Ingress(options.routes, options.image ?? GatewayImage.fromAsset());
  }

  /**
   * Straight to the app's port over plain HTTP. What the gateway met then falls: encryption to the task (REC-8.1), deadlines by
   * route (REC-4.8), true body limits (the firewall's check of content-length stays), the access log, p95 by route class
   * (REC-5.3 watches the target groups instead), and the container's liveness probe unless the container names one (REC-1.4, REC-1.11).
   */
  static direct(options: DirectIngressOptions = {}): Ingress {
    return new Ingress(options.routes);
  }

  /** The paths with limits of their own. */
  readonly routes: Route[];

  /**
   * The gateway's image.
   * @default - no gateway, the app is reached directly
   */
  readonly gatewayImage?: GatewayImage;

  private constructor(routes: Route[] = [], gatewayImage?: GatewayImage) {
    this.routes = routes;
    this.gatewayImage = gatewayImage;
  }
}
