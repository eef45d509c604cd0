import { Authenticator, issueKey, MemoryApiKeyStore, type Scope } from 'plinth-runtime/access';
import { type JobMessage, jobKinds, Jobs, MemoryJobStore, MemoryResultStore, systemClock } from 'plinth-runtime/jobs';
import { jobRoutes } from '../../api/jobs/job-routes';
import type { ApiRoute } from '../../api/shared/route';
import { Router } from '../../api/shared/router';
import { Access } from '../../gateway/access';
import { PlatformApi } from '../../gateway/platform-api';
import { event, open, problemIn, Rig, ROUTES } from './support';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the jobs of a gateway', () => {
  let rig: Rig;
  let key: string;
  let sent: JobMessage[];
  let left: ReturnType<typeof event<void>>;
  const keys = new MemoryApiKeyStore();

  const keyOf = async (tenantId: string, scopes: readonly Scope[] = ['jobs']) =>
    (await issueKey({ tenantId, scopes, tier: 'pro' }, { store: keys, clock: systemClock })).key;

  beforeEach(async () => {
    sent = [];
    left = event();
    const jobs = new Jobs({
      store: new MemoryJobStore(systemClock),
      messages: { send: async (message) => void sent.push(message) },
      kinds: jobKinds([{ name: 'reports.make' }]),
    });
    const failing: ApiRoute = {
      method: 'GET',
      path: '/v1/jobs/fails/now',
      scopes: ['jobs'],
      maxBodyBytes: 0,
      handler: async () => Promise.reject(new TypeError('the table said no')),
    };
    const waiting: ApiRoute = {
      ...failing,
      path: '/v1/jobs/waits/long',
      handler: async (_request, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        left.happen();
        throw new Error('left');
      },
    };
    const routes = [...jobRoutes({ jobs, results: new MemoryResultStore(), cursorKeys: ['k'] }), failing, waiting];
    const log = (message: string, fields?: object) => void rig.logged.push(JSON.stringify({ message, ...fields }));
    const logger = { debug: log, error: log };
    rig = await Rig.start(
      (_req, res) => res.end('the app'),
      {},
      { routes: [{ path: '/v1/jobs/waits/*', class: 'brief', deadlineMs: 150, maxBodyBytes: 0 }, ...ROUTES] },
      {
        access: new Access(new Authenticator({ store: keys }), { publicPaths: [], forwardKey: false }),
        platformApi: new PlatformApi(new Router(routes), logger),
      },
    );
    key = await keyOf('acme');
  });
  afterEach(() => rig.close());

  const ask = (path: string, options: { method?: string; body?: string; key?: string; headers?: Record<string, string> } = {}) =>
    rig.call({
      path,
      method: options.method ?? 'GET',
      body: options.body,
      headers: { 'x-api-key': options.key ?? key, ...(options.body !== undefined && JSON_TYPE), ...options.headers },
    });
  const submit = () => ask('/v1/jobs', { method: 'POST', body: JSON.stringify({ kind: 'reports.make', input: { page: 1 } }) });

  it('CTX-4.1 takes a job of the tenant of the key and answers 202 with its place', async () => {
    const answer = await submit();
    const { job_id: id, status } = JSON.parse(answer.body.toString()) as { job_id: string; status: string };
    expect([answer.status, status]).toEqual([202, 'queued']);
    expect(answer.headers).toMatchObject({ location: `/v1/jobs/${id}`, 'x-request-id': expect.any(String) });
    expect(sent).toEqual([{ jobId: id, tenantId: 'acme' }]);
  });

  it('CTX-4.3 tells a job to its own tenant only', async () => {
    const { location = '' } = (await submit()).headers;
    expect(JSON.parse((await ask(location)).body.toString())).toMatchObject({ status: 'queued' });
    expect((await ask(location, { key: await keyOf('other') })).status).toBe(404);
    expect((await ask(location, { key: await keyOf('acme', ['read']) })).status).toBe(200);
  });

  it('answers 304 to what has not changed', async () => {
    const { location = '' } = (await submit()).headers;
    const { etag = '' } = (await ask(location)).headers;
    const again = await ask(location, { headers: { 'if-none-match': etag } });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('reads the query of a list, and answers HEAD without a body', async () => {
    await submit();
    expect(JSON.parse((await ask('/v1/jobs?status=queued')).body.toString())).toMatchObject({ jobs: [{ status: 'queued' }] });
    expect(problemIn(await ask('/v1/jobs?status=odd'))).toMatchObject({ status: 400 });
    const head = await ask('/v1/jobs', { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  it('gives what is none of the routes to the app', async () => {
    expect((await ask('/v1/jobs/a/b/c/d')).body.toString()).toBe('the app');
  });

  it('refuses a body over the limit of the route, declared or not', async () => {
    const large = JSON.stringify({ kind: 'reports.make', input: 'x'.repeat(70_000) });
    expect(problemIn(await ask('/v1/jobs', { method: 'POST', body: large }))).toMatchObject({ status: 413 });
    const chunked = new Promise<number | undefined>((resolve) => {
      const request = open(rig.port, {
        path: '/v1/jobs',
        method: 'POST',
        headers: { 'x-api-key': key, ...JSON_TYPE, 'transfer-encoding': 'chunked' },
      });
      request.on('response', (answer) => resolve(answer.resume().statusCode));
      request.on('error', () => {});
      request.end(large);
    });
    expect(await chunked).toBe(413);
    expect(sent).toEqual([]);
  });

  it('holds the deadline of the route, and tells the handler', async () => {
    expect(problemIn(await ask('/v1/jobs/waits/long'))).toMatchObject({ status: 504, type: 'urn:plinth:problem:deadline' });
    await left.happened;
  });

  it('tells the handler that the client left', async () => {
    const request = open(rig.port, { path: '/v1/jobs/waits/long', headers: { 'x-api-key': key } });
    request.on('error', () => {});
    request.end();
    setTimeout(() => request.destroy(), 50);
    await left.happened;
    expect((await rig.recorded(1))[0]).toMatchObject({ routeClass: 'platform', tenantId: 'acme' });
  });

  it('answers 500 to a failure, and logs it with the request id and without a key', async () => {
    const answer = await ask('/v1/jobs/fails/now');
    expect(problemIn(answer)).toMatchObject({ status: 500, type: 'urn:plinth:problem:internal' });
    expect(rig.logged.join('')).toContain('TypeError: the table said no');
    expect(rig.logged.join('')).toContain(String(problemIn(answer).requestId));
    expect(answer.body.toString()).not.toContain('the table');
  });

  it('is logged under a class of its own, with the tenant', async () => {
    await submit();
    expect((await rig.recorded(1))[0]).toMatchObject({ routeClass: 'platform', status: 202, tenantId: 'acme', measured: true });
  });
});
