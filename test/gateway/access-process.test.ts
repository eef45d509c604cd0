import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { apiKeyTable, DynamoApiKeyStore, issueKey } from 'plinth-runtime/access';
import { jobTable, systemClock } from 'plinth-runtime/jobs';
import type { GatewayConfig } from '../../gateway/config';
import { Dynalite } from '../support/dynalite';
import { App, call, configFor, type Answer } from './support';

const DIST = join(__dirname, '..', '..', 'dist', 'gateway');

/** The built gateway over an emulation of DynamoDB, and a queue that only takes. */
describe('the gateway process with keys and jobs', () => {
  let dynalite: Dynalite;
  let queue: App;
  let sent: { readonly MessageBody?: string; readonly MessageGroupId?: string }[];
  let app: App;
  let child: ChildProcess;
  let port: number;
  let key: string;
  let output = '';

  beforeAll(async () => {
    dynalite = await Dynalite.start();
    sent = [];
    queue = new App((req, res) => {
      let body = '';
      req.on('data', (chunk: Buffer) => (body += chunk.toString()));
      req.on('end', () => {
        sent.push(JSON.parse(body) as (typeof sent)[number]);
        res.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify({ MessageId: '1' }));
      });
    });
    const endpoint = `http://127.0.0.1:${await queue.listen()}`;
    await dynalite.createTable(apiKeyTable('keys'));
    await dynalite.createTable(jobTable('jobs'));
    const store = new DynamoApiKeyStore({ client: dynalite.client(), tableName: 'keys' });
    ({ key } = await issueKey({ tenantId: 'acme', scopes: ['api', 'jobs'], tier: 'pro' }, { store, clock: systemClock }));
    app = new App((req, res) => res.end(`for ${String(req.headers['plinth-tenant-id'])}`));
    const config: GatewayConfig = {
      ...configFor(await app.listen()),
      access: { table: 'keys', region: 'us-east-1', publicPaths: [], forwardKey: false },
      jobs: { table: 'jobs', region: 'us-east-1', queueUrl: `${endpoint}/000000000000/jobs`, kinds: [{ name: 'reports.make' }] },
    };
    child = spawn(process.execPath, [join(DIST, 'gateway.js')], {
      env: {
        PLINTH_GATEWAY: JSON.stringify(config),
        INTERNAL_API_KEY: JSON.stringify({ current: 'secret' }),
        AWS_ACCESS_KEY_ID: 'none',
        AWS_SECRET_ACCESS_KEY: 'none',
        AWS_ENDPOINT_URL_DYNAMODB: dynalite.endpoint,
        AWS_ENDPOINT_URL_SQS: endpoint,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    port = await new Promise((resolve) =>
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const listening = /"message":"listening".*"port":(\d+)/.exec(output);
        if (listening) resolve(Number(listening[1]));
      }),
    );
  }, 30_000);
  afterAll(async () => {
    child?.kill('SIGKILL');
    await app?.close();
    await queue?.close();
    await dynalite?.stop();
  });

  const ask = (path: string, headers: Record<string, string>, body?: string): Promise<Answer> =>
    call(port, { path, headers, body, method: body === undefined ? 'GET' : 'POST' });

  it('lets a key of the table in and refuses another', async () => {
    expect((await ask('/api/items', { 'x-api-key': key })).body.toString()).toBe('for acme');
    expect((await ask('/api/items', { 'x-api-key': `${key.slice(0, -1)}_` })).status).toBe(401);
  });

  it('CTX-4.1 takes a job into the table and the queue', async () => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await ask('/v1/jobs', headers, JSON.stringify({ kind: 'reports.make', input: {} }));
    expect(answer.status).toBe(202);
    expect((await ask(answer.headers.location ?? '', { 'x-api-key': key })).status).toBe(200);
    expect(sent).toMatchObject([{ MessageGroupId: 'acme', MessageBody: expect.stringContaining('job_') }]);
  });

  it('writes no key to its log', () => {
    expect(output).toContain('"tenant":"acme"');
    expect(output).not.toContain('plk_');
  });

  it('is small where no key is asked for: the AWS SDK lies in a file of its own', () => {
    expect(statSync(join(DIST, 'gateway.js')).size).toBeLessThan(320 * 1024);
    expect(statSync(join(DIST, 'backends.js')).size).toBeLessThan(1024 * 1024);
  });
});
