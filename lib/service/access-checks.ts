import type { Ingress } from '../gateway/ingress';
import type { ApiServiceProps } from './api-service';

/**
 * What API keys need of the service that asks for them.
 * @internal
 */
export function checkAccess(path: string, { access, container }: Pick<ApiServiceProps, 'access' | 'container'>, ingress: Ingress): void {
  if (!access) return;
  if (!ingress.gatewayImage) {
    throw new Error(
      `${path}: access must go with Ingress.gateway(), got Ingress.direct(); nobody else asks for keys, so leave one of them out`,
    );
  }
  const closed = (container?.testPaths ?? []).filter((testPath) => !access._isPublic(testPath));
  if (closed.length === 0) return;
  throw new Error(
    `${path}: container.testPaths must need no key, got ${closed.join(', ')}; add them to access.publicPaths, or test the path of health`,
  );
}

/**
 * What webhooks need of the service whose gateway manages them.
 * @internal
 */
export function checkWebhooks(path: string, { webhooks, jobs, access }: Pick<ApiServiceProps, 'webhooks' | 'jobs' | 'access'>): void {
  if (!webhooks) return;
  if (!access) {
    throw new Error(`${path}: webhooks must go with access, got none; add API keys, as an endpoint belongs to the tenant of a key`);
  }
  if (jobs || webhooks._internalKey) return;
  throw new Error(
    `${path}: webhooks must have an internalKey where there are no jobs, got none; pass Secrets.internalApiKey to WebhookQueues`,
  );
}

/**
 * What jobs need of the service whose gateway takes them.
 * @internal
 */
export function checkJobs(path: string, { jobs, access }: Pick<ApiServiceProps, 'jobs' | 'access'>): void {
  if (!jobs || access) return;
  throw new Error(`${path}: jobs must go with access, got none; add API keys, as a job belongs to the tenant of a key`);
}
