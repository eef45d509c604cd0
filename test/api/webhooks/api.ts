import { WebhookEndpoints } from 'plinth-runtime/webhooks';
import { Router } from '../../../api/shared/router';
import { webhookRoutes } from '../../../api/webhooks/webhook-routes';
import { plainSealer, world, type WorldOptions } from '../../runtime/webhooks/world';

export interface Sent {
  readonly method?: string;
  readonly body?: unknown;
  readonly tenantId?: string;
  readonly scopes?: readonly string[];
}

export const HOOK = { url: 'https://hooks.example.com/in', events: ['document.completed', 'enrichment.failed'] };

/** The routes over webhooks in memory, with a receiver and a clock that moves as it is told. */
export function webhooksApi(options: WorldOptions = {}) {
  const all = world(options);
  const { webhooks, clock } = all;
  const endpoints = new WebhookEndpoints({ webhooks, sealer: plainSealer });
  const router = new Router(webhookRoutes({ webhooks, endpoints, cursorKeys: ['current', 'previous'] }));
  const send = async (target: string, sent: Sent = {}) => {
    const { body, method = body === undefined ? 'GET' : 'POST', tenantId = 'acme', scopes = ['webhooks'] } = sent;
    const url = new URL(target, 'http://api');
    const response = await router.handle(
      {
        method,
        path: url.pathname,
        query: url.searchParams,
        headers: { 'content-type': 'application/json' },
        body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)),
      },
      { tenantId, keyId: 'key', scopes, requestId: 'r-1', signal: new AbortController().signal, clock },
    );
    if (!response) throw new Error(`${target} must be a route of webhooks, got none`);
    const text = response.body.toString();
    return { ...response, json: text === '' ? undefined : JSON.parse(text) };
  };
  const register = async (body: object = {}, sent: Sent = {}) => (await send('/v1/webhooks', { body: { ...HOOK, ...body }, ...sent })).json;
  const post = (target: string, sent: Sent = {}) => send(target, { method: 'POST', ...sent });
  return { ...all, endpoints, router, send, register, post };
}
