import type { Logger } from 'plinth-runtime';
import { Authenticator } from 'plinth-runtime/access';
import { Router } from '../api/shared/router';
import { Access } from './access';
import type { GatewayConfig } from './config';
import { PlatformApi } from './platform-api';

/** What the configuration adds to the proxy; nothing is loaded for what it does not name. */
export async function openPlatform(
  { access, jobs, webhooks }: GatewayConfig,
  logger: Logger,
): Promise<{ readonly access?: Access; readonly platformApi?: PlatformApi }> {
  if (access === undefined) return {};
  // A file of its own: the AWS SDK is larger than the rest of the gateway, and neither the probe nor a gateway without keys needs it.
  const backends = await import('./backends.js');
  const authenticator = new Authenticator({
    store: backends.openKeyStore(access),
    onStoreFailure: (error) => logger.error('keys cannot be checked', { reason: String(error) }),
  });
  const routes = backends.openRoutes({ jobs, webhooks }, process.env, logger);
  if (routes.length === 0) return { access: new Access(authenticator, access) };
  const router = new Router(routes);
  return { access: new Access(authenticator, access, (path) => router.isPublic(path)), platformApi: new PlatformApi(router, logger) };
}
