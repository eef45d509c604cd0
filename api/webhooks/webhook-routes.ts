import { type WebhookEndpoints, type Webhooks, WebhookTasks } from 'plinth-runtime/webhooks';
import { webhookUrlFault } from '../jobs/webhook-url';
import { Cursors } from '../shared/cursor';
import type { ApiRoute } from '../shared/route';
import { deliveriesHandler, deliveryHandler, resendHandler } from './delivery-handlers';
import type { UrlFault } from './endpoint-fields';
import {
  createHandler,
  deleteHandler,
  getHandler,
  listHandler,
  MAX_BODY_BYTES,
  pingHandler,
  stateHandler,
  updateHandler,
} from './endpoint-handlers';
import { bulkHandler, cancelTaskHandler, MAX_TASK_BODY_BYTES, purgeHandler, purgeTenantHandler, taskHandler } from './task-handlers';
import { keySetHandler, rotateHandler, secretHandler } from './secret-handlers';

export interface WebhookRoutesOptions {
  readonly webhooks: Webhooks;
  readonly endpoints: WebhookEndpoints;
  /** Secrets that cursors are signed with: the current one first, then those that still verify. */
  readonly cursorKeys: readonly string[];
  /**
   * What is wrong with a URL.
   * @default - public hosts by https alone
   */
  readonly urlFault?: UrlFault;
}

const WRITE = { scopes: ['webhooks'], maxBodyBytes: 0 } as const;
const READ = { scopes: ['webhooks', 'read'], maxBodyBytes: 0, method: 'GET' } as const;
const ONE = '/v1/webhooks/{id}';
const TASK = '/v1/webhooks/tasks/{task}';
const DELIVERY = `${ONE}/deliveries/{delivery}`;

/** The routes of webhooks, below /v1/webhooks. */
export function webhookRoutes({ webhooks, endpoints, cursorKeys, urlFault = webhookUrlFault }: WebhookRoutesOptions): ApiRoute[] {
  const tasks = new WebhookTasks({ webhooks });
  const bulk = { ...WRITE, method: 'POST', maxBodyBytes: MAX_TASK_BODY_BYTES } as const;
  const cursors = new Cursors(cursorKeys);
  // The field is called otherwise where a job names it.
  const fault: UrlFault = (url) => {
    const found = urlFault(url);
    return found && { ...found, field: 'url' };
  };
  return [
    { ...WRITE, method: 'POST', path: '/v1/webhooks', maxBodyBytes: MAX_BODY_BYTES, handler: createHandler(endpoints, fault) },
    { ...READ, path: '/v1/webhooks', handler: listHandler(endpoints) },
    { ...READ, path: ONE, handler: getHandler(endpoints) },
    { ...WRITE, method: 'PATCH', path: ONE, maxBodyBytes: MAX_BODY_BYTES, handler: updateHandler(endpoints, fault) },
    { ...WRITE, method: 'DELETE', path: ONE, handler: deleteHandler(endpoints) },
    { ...WRITE, method: 'POST', path: `${ONE}/ping`, handler: pingHandler(endpoints, webhooks) },
    { ...WRITE, method: 'POST', path: `${ONE}/pause`, handler: stateHandler(endpoints, 'pause') },
    { ...WRITE, method: 'POST', path: `${ONE}/resume`, handler: stateHandler(endpoints, 'resume') },
    { ...WRITE, method: 'GET', path: `${ONE}/secret`, handler: secretHandler(endpoints) },
    { ...WRITE, method: 'POST', path: `${ONE}/rotate-secret`, maxBodyBytes: MAX_BODY_BYTES, handler: rotateHandler(endpoints) },
    { ...READ, path: `${ONE}/jwks.json`, scopes: [], isPublic: true, handler: keySetHandler(endpoints) },
    { ...READ, path: `${ONE}/deliveries`, handler: deliveriesHandler(endpoints, webhooks, cursors) },
    { ...READ, path: DELIVERY, handler: deliveryHandler(webhooks) },
    { ...WRITE, method: 'POST', path: `${DELIVERY}/resend`, handler: resendHandler(endpoints, webhooks) },
    { ...bulk, path: `${ONE}/recover`, handler: bulkHandler(endpoints, tasks, 'recover') },
    { ...bulk, path: `${ONE}/replay`, handler: bulkHandler(endpoints, tasks, 'replay') },
    { ...bulk, path: '/v1/webhooks/purge', handler: purgeTenantHandler(tasks) },
    { ...READ, path: TASK, handler: taskHandler(tasks) },
    { ...WRITE, method: 'POST', path: `${TASK}/cancel`, handler: cancelTaskHandler(tasks) },
    { ...WRITE, method: 'DELETE', path: '/v1/webhooks/messages/{message}/body', handler: purgeHandler(tasks) },
  ];
}
