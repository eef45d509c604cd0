import { Authenticator, issueKey, MemoryApiKeyStore, type Scope } from 'plinth-runtime/access';
import { EnvelopeSealer, FixedDataKeys } from 'plinth-runtime/signing';
import { MemoryWebhookStore, systemClock, WebhookEndpoints, Webhooks } from 'plinth-runtime/webhooks';
import { Router } from '../../api/shared/router';
import { webhookRoutes } from '../../api/webhooks/webhook-routes';
import { Access } from '../../gateway/access';
import { PlatformApi } from '../../gateway/platform-api';
import { problemIn, Rig } from './support';

const HOOK = JSON.stringify({ url: 'https://hooks.example.com/in', events: ['document.completed'] });

describe('the webhooks of a gateway', () => {
  let rig: Rig;
  let key: string;
  const keys = new MemoryApiKeyStore();
  const keyOf = async (tenantId: string, scopes: readonly Scope[] = ['webhooks']) =>
    (await issueKey({ tenantId, scopes, tier: 'pro' }, { store: keys, clock: systemClock })).key;

  beforeEach(async () => {
    const messages = { fanOut: async () => {}, deliver: async () => {} };
    const webhooks = new Webhooks({ store: new MemoryWebhookStore(systemClock), messages });
    const sealer = new EnvelopeSealer({ dataKeys: new FixedDataKeys(Buffer.alloc(32, 7)), clock: systemClock });
    const endpoints = new WebhookEndpoints({ webhooks, sealer });
    const router = new Router(webhookRoutes({ webhooks, endpoints, cursorKeys: ['k'] }));
    const log = () => {};
    rig = await Rig.start(
      (_req, res) => res.end('the app'),
      {},
      {},
      {
        access: new Access(new Authenticator({ store: keys }), { publicPaths: [], forwardKey: false }, (path) => router.isPublic(path)),
        platformApi: new PlatformApi(router, { debug: log, error: log }),
      },
    );
    key = await keyOf('acme');
  });
  afterEach(() => rig.close());

  const ask = (path: string, { method = 'GET', body, as = key }: { method?: string; body?: string; as?: string } = {}) =>
    rig.call({
      path,
      method,
      body,
      headers: { ...(as && { 'x-api-key': as }), ...(body !== undefined && { 'content-type': 'application/json' }) },
    });
  const register = async () => {
    const answer = await ask('/v1/webhooks', { method: 'POST', body: HOOK });
    return { answer, json: JSON.parse(answer.body.toString()) as { id: string; security: { hmac_secret: string } } };
  };

  it('CTX-10.1 registers a webhook of the tenant of the key', async () => {
    const { answer, json } = await register();
    expect([answer.status, answer.headers.location]).toEqual([201, `/v1/webhooks/${json.id}`]);
    expect((await ask(`/v1/webhooks/${json.id}`, { as: await keyOf('globex') })).status).toBe(404);
    expect((await ask(`/v1/webhooks/${json.id}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('CTX-10.4 tells its deliveries to a key that may read', async () => {
    const { json } = await register();
    const answer = await ask(`/v1/webhooks/${json.id}/deliveries`, { as: await keyOf('acme', ['read']) });
    expect([answer.status, answer.body.toString()]).toEqual([200, '{"deliveries":[]}']);
  });

  it('shows the secret to no key that may only read, and none without a key', async () => {
    const { json } = await register();
    const path = `/v1/webhooks/${json.id}/secret`;
    expect(problemIn(await ask(path, { as: await keyOf('acme', ['read']) }))).toMatchObject({ status: 403 });
    expect(problemIn(await ask(path, { as: '' }))).toMatchObject({ status: 401 });
    expect((await ask(path)).body.toString()).toContain(json.security.hmac_secret);
  });

  it('takes no key of another scope', async () => {
    const answer = await ask('/v1/webhooks', { method: 'POST', body: HOOK, as: await keyOf('acme', ['api', 'jobs', 'read']) });
    expect(problemIn(answer)).toMatchObject({ status: 403, detail: 'the key must have the scope webhooks' });
  });

  it('shows the public keys to everybody, and nothing else', async () => {
    const { json } = await register();
    const answer = await ask(`/v1/webhooks/${json.id}/jwks.json`, { as: '' });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/jwk-set+json']);
    expect(answer.body.toString()).toContain('Ed25519');
    expect((await ask(`/v1/webhooks/${json.id}/jwks.json`, { as: 'no key at all' })).status).toBe(200);
    expect((await ask(`/v1/webhooks/${json.id}/jwks.json`, { method: 'POST', as: '' })).status).toBe(405);
    expect((await ask(`/v1/webhooks/${json.id}/jwks.json/`, { as: '' })).status).toBe(401);
  });
});
