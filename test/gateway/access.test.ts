import type { IncomingMessage } from 'node:http';
import { AccessLines } from 'plinth-runtime';
import { Authenticator, type IssuedKey, issueKey, MemoryApiKeyStore, type Scope } from 'plinth-runtime/access';
import { WebSocket } from 'ws';
import { Access } from '../../gateway/access';
import { ManualClock } from '../support/manual-clock';
import { problemIn, Rig } from './support';

const WRONG = `plk_abcdefgh12345678_${'x'.repeat(43)}`;
const PATH = '/api/items';

class Store extends MemoryApiKeyStore {
  away = false;
  override async get(keyId: string) {
    if (this.away) throw new Error('no route to the table');
    return super.get(keyId);
  }
}

describe('a gateway that asks for keys', () => {
  let rig: Rig;
  let store: Store;
  let seen: IncomingMessage[];
  let issued: IssuedKey;
  const clock = new ManualClock();

  const issue = (scopes: readonly Scope[]) => issueKey({ tenantId: 'acme', scopes, tier: 'pro' }, { store, clock });
  const start = async (forwardKey = false) => {
    const access = new Access(new Authenticator({ store, clock }), {
      publicPaths: ['/api/openapi.json', '/public/*'],
      forwardKey,
    });
    rig = await Rig.start(
      (req, res) => {
        seen.push(req);
        res.end('ok');
      },
      {},
      {},
      { access },
    );
    rig.app.server.on('upgrade', (req, socket) => {
      seen.push(req);
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    });
  };
  const ask = (headers: Record<string, string> = {}, path = PATH, method = 'GET') => rig.call({ path, method, headers });
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  beforeEach(async () => {
    seen = [];
    store = new Store();
    issued = await issue(['api']);
    await start();
  });
  afterEach(() => rig.close());

  it.each([
    ['authorization: Bearer', bearer],
    ['authorization: bearer, in lower case', (key: string) => ({ authorization: `bearer ${key}` })],
    ['x-api-key', (key: string) => ({ 'x-api-key': key })],
    ['both, the same', (key: string) => ({ ...bearer(key), 'x-api-key': key })],
  ])('takes one in %s', async (_name, headers) => {
    expect((await ask(headers(issued.key))).status).toBe(200);
  });

  it('answers 401 without one, and says how to send it', async () => {
    const answer = await ask();
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="api"');
    expect(problemIn(answer)).toMatchObject({ type: 'urn:plinth:problem:key-missing', status: 401 });
    expect(seen).toEqual([]);
  });

  it('answers 401 to a wrong one, the same whether its id is known or not', async () => {
    const answers = [await ask(bearer(WRONG)), await ask(bearer(`plk_${issued.summary.keyId}_${'x'.repeat(43)}`))];
    const told = answers.map((answer) => ({ ...problemIn(answer), requestId: '', challenge: answer.headers['www-authenticate'] }));
    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toMatchObject({
      status: 401,
      type: 'urn:plinth:problem:key-invalid',
      challenge: 'Bearer realm="api", error="invalid_token"',
    });
    expect(JSON.stringify(told)).not.toContain('xxxx');
  });

  it('answers 400 to two that differ', async () => {
    const answer = await ask({ ...bearer(issued.key), 'x-api-key': WRONG });
    expect(problemIn(answer)).toMatchObject({ status: 400, type: 'urn:plinth:problem:key-conflict' });
  });

  it.each([
    ['GET', '/v1/jobs', ['jobs'], 200],
    ['GET', '/v1/jobs/job_1', ['read'], 200],
    ['POST', '/v1/jobs', ['read'], 403],
    ['POST', '/v1/jobs/job_1/cancel', ['jobs'], 200],
    ['GET', '/v1/jobs', ['api'], 403],
    ['GET', '/v1/jobsearch', ['jobs'], 403],
    ['GET', PATH, ['read', 'jobs', 'admin'], 403],
    ['POST', PATH, ['api'], 200],
  ] as const)('%s %s with the scopes %j is %d', async (method, path, scopes, status) => {
    const { key } = await issue(scopes);
    expect((await ask(bearer(key), path, method)).status).toBe(status);
  });

  it('names the scope that is missing', async () => {
    const { key } = await issue(['read']);
    const answer = await ask(bearer(key));
    expect(problemIn(answer)).toMatchObject({ type: 'urn:plinth:problem:scope-missing', detail: 'the key must have the scope api' });
    expect(answer.headers['www-authenticate']).toContain('insufficient_scope');
  });

  it.each(['/api/openapi.json', '/public/a/b'])('leaves %s open', async (path) => {
    expect((await ask({}, path)).status).toBe(200);
  });

  it.each(['/api/openapi.jso%6e', '/publicity', '/api/openapi.json/x', '/public/../api/items'])('does not leave %s open', async (path) => {
    expect([400, 401]).toContain((await ask({}, path)).status);
    expect(seen).toEqual([]);
  });

  it('leaves health open', async () => {
    expect((await ask({}, '/api/health/ready')).status).toBe(200);
  });

  it('tells the app who asks, and not the key', async () => {
    await ask({ ...bearer(issued.key), 'x-api-key': issued.key, 'plinth-tenant-id': 'other', plinth_tier: 'enterprise' });
    expect(seen[0].headers).toMatchObject({
      'plinth-tenant-id': 'acme',
      'plinth-key-id': issued.summary.keyId,
      'plinth-scopes': 'api',
      'plinth-tier': 'pro',
    });
    expect(JSON.stringify(seen[0].rawHeaders)).not.toContain(issued.key);
    expect(seen[0].headers).not.toHaveProperty('plinth_tier');
  });

  it('strips who a client says it is where no key is needed', async () => {
    await ask({ 'plinth-tenant-id': 'other', 'plinth-scopes': 'admin', ...bearer(issued.key) }, '/public/x');
    expect(Object.keys(seen[0].headers).filter((name) => name.startsWith('plinth-'))).toEqual(['plinth-deadline']);
    expect(JSON.stringify(seen[0].rawHeaders)).not.toContain(issued.key);
  });

  it('leaves another kind of authorization to the app', async () => {
    await ask({ 'x-api-key': issued.key, authorization: 'Basic dXNlcg==' });
    expect(seen[0].headers).toMatchObject({ authorization: 'Basic dXNlcg==' });
    expect(seen[0].headers).not.toHaveProperty('x-api-key');
  });

  it('gives the app the key where it is configured to', async () => {
    await rig.close();
    await start(true);
    await ask(bearer(issued.key));
    expect(seen[0].headers).toMatchObject({ authorization: `Bearer ${issued.key}` });
  });

  it('answers 503 with Retry-After while keys cannot be checked, and lets nobody in', async () => {
    store.away = true;
    const answer = await ask(bearer(issued.key));
    expect(answer.headers['retry-after']).toBe('1');
    expect(problemIn(answer)).toMatchObject({ status: 503, type: 'urn:plinth:problem:keys-unavailable' });
    expect(seen).toEqual([]);
  });

  it('counts failed keys by the address the load balancer appended', async () => {
    const from = (address: string, key = WRONG) => ask({ ...bearer(key), 'x-forwarded-for': `203.0.113.9, ${address}` });
    for (let at = 0; at < 20; at += 1) await from('192.0.2.1');
    const answer = await from('192.0.2.1');
    expect(answer.headers['retry-after']).toBe('60');
    expect(problemIn(answer)).toMatchObject({ status: 429, type: 'urn:plinth:problem:too-many-failed-keys' });
    expect((await from('192.0.2.2')).status).toBe(401);
    expect((await from('192.0.2.2', issued.key)).status).toBe(200);
  });

  it('authenticates WebSocket handshakes', async () => {
    const shake = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const client = new WebSocket(`wss://127.0.0.1:${rig.port}/socket`, { rejectUnauthorized: false, headers });
        client.once('unexpected-response', (request, answer) => {
          request.destroy();
          resolve(answer.statusCode);
        });
        client.once('open', () => reject(new Error('the app refuses all')));
        client.on('error', () => {});
      });
    expect(await shake({})).toBe(401);
    expect(seen).toEqual([]);
    expect(await shake(bearer(issued.key))).toBe(403);
    expect(seen[0].headers).toMatchObject({ 'plinth-tenant-id': 'acme' });
  });

  it('refuses a large body without reading it', async () => {
    const answer = await rig.call({ path: PATH, method: 'POST', body: Buffer.alloc(60_000) });
    expect(answer.status).toBe(401);
  });

  it('logs key id and tenant, never a key, and counts failed keys by service', async () => {
    await ask(bearer(issued.key));
    await ask({ 'x-api-key': WRONG });
    await ask();
    const lines = (await rig.recorded(3)).map((entry) => new AccessLines('test-api').of(entry));
    const [good, bad, none] = lines.map((line): Record<string, unknown> => JSON.parse(line));
    expect(good).toMatchObject({ keyId: issued.summary.keyId, tenant: 'acme', Latency: expect.any(Number) });
    expect(bad).toMatchObject({ outcome: 'key-invalid', FailedKeys: 1, Service: 'test-api' });
    expect(bad._aws).toMatchObject({
      CloudWatchMetrics: [{ Dimensions: [['Service']], Metrics: [{ Name: 'FailedKeys', Unit: 'Count' }] }],
    });
    expect(bad).not.toHaveProperty('keyId');
    expect(none).not.toHaveProperty('_aws');
    for (const text of [...lines, ...rig.logged]) expect(text).not.toMatch(/plk_/);
  });
});
