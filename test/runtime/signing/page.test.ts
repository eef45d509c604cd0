import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { generateSecret, jwks, type SeenStore, webhookHeaders, type WebhookVerifier } from 'plinth-runtime/signing';
import ts from 'typescript';
import { compile } from '../../support/public-api';
import { describeWithRedis, RedisServer } from '../../support/redis';
import { pair, v1, v1a, verifier } from './support';

type Headers = Record<string, string>;

/** What the blocks of the page export. */
interface Shown {
  readonly server: Server;
  readonly RedisSeenStore: new (redis: Redis) => SeenStore;
  readonly eventOf: (headers: Headers, body: Buffer) => unknown;
  readonly isSigned: (headers: Headers, body: Buffer, secret: string) => boolean;
  readonly fetchVerifier: () => Promise<WebhookVerifier>;
  readonly isSignedByOneOf: (keys: readonly object[], headers: Headers, body: Buffer) => boolean;
}

const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'webhooks-receiving.md'), 'utf8');
const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block);
const secret = generateSecret();
const body = Buffer.from('{"type":"job.completed","stage":"é"}');
const sent = (keys = [v1(secret), v1a(pair.privateKey)], timestamp = Math.floor(Date.now() / 1000), id = 'msg_1') =>
  webhookHeaders({ id, timestamp, body }, keys);
const handled: unknown[] = [];
let handle: (event: unknown) => Promise<void>;
let shown: Shown;

beforeAll(() => {
  process.env.WEBHOOK_SECRET = secret;
  shown = Object.assign({}, ...blocks.map(run)) as Shown;
});

beforeEach(() => {
  handled.length = 0;
  handle = (event) => Promise.resolve(void handled.push(event));
});

test('every block of the page compiles', () => {
  expect(blocks).toHaveLength(6);
  expect(compile(Object.fromEntries(blocks.map((block, index) => [`block-${index}.ts`, block])))).toEqual([]);
});

describe('the server of the page', () => {
  let url: string;
  const post = (headers: Headers) => fetch(url, { method: 'POST', headers, body });

  beforeAll(async () => (url = await listening(shown.server)));
  afterAll(() => shown.server.close());

  test('takes a webhook, and once', async () => {
    expect((await post(sent(undefined, undefined, 'msg_once'))).status).toBe(204);
    expect((await post(sent(undefined, undefined, 'msg_once'))).status).toBe(200);
    expect(handled).toEqual([{ type: 'job.completed', stage: 'é' }]);
  });

  test('takes one again whose work failed', async () => {
    handle = () => Promise.reject(new Error('disk full'));
    const failed = await post(sent(undefined, undefined, 'msg_fails'));
    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '5']);
    handle = (event) => Promise.resolve(void handled.push(event));
    expect((await post(sent(undefined, undefined, 'msg_fails'))).status).toBe(204);
  });

  test('refuses what another signed', async () => {
    expect((await post(sent([v1(generateSecret())]))).status).toBe(401);
    expect(handled).toEqual([]);
  });
});

test('standardwebhooks gives the event, or throws', () => {
  expect(shown.eventOf(sent(), body)).toEqual({ type: 'job.completed', stage: 'é' });
  expect(() => shown.eventOf(sent([v1(generateSecret())]), body)).toThrow('No matching signature found');
});

describe.each([
  ["Node's crypto", (headers: Headers, bytes: Buffer) => shown.isSigned(headers, bytes, secret)],
  [
    "Node's crypto with public keys",
    (headers: Headers, bytes: Buffer) => shown.isSignedByOneOf([...jwks([pair.publicKey]).keys], headers, bytes),
  ],
])('%s', (_name, isSigned) => {
  test('takes what the platform signs', () => {
    expect(isSigned(sent(), body)).toBe(true);
  });

  test.each([
    ['another body', {}, Buffer.from('{}')],
    ['another id', { 'webhook-id': 'msg_2' }, body],
    ['an id with a full stop', { 'webhook-id': 'msg.1' }, body],
    ['another time', { 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 1) }, body],
    ['an old time', { 'webhook-timestamp': '1614265330' }, body],
    ['other signatures', { 'webhook-signature': `v1,${'A'.repeat(43)}= v1a,${'A'.repeat(86)}== é` }, body],
    ['none', { 'webhook-signature': '' }, body],
  ])('refuses %s', (_what, change: Headers, bytes) => {
    expect(isSigned({ ...sent(), ...change }, bytes)).toBe(false);
  });
});

test('the key set is fetched, and verifies v1a without a secret', async () => {
  const platform = createServer((_request, response) => response.end(JSON.stringify(jwks([pair.publicKey]))));
  process.env.WEBHOOK_JWKS_URL = `${await listening(platform)}/v1/webhooks/we_1/jwks.json`;
  const fetched = await shown.fetchVerifier();
  platform.close();

  await expect(fetched.verify(sent(), body)).resolves.toMatchObject({ version: 'v1a' });
  await expect(fetched.verify(sent([v1(secret)]), body)).rejects.toMatchObject({ code: 'no-match' });
});

describeWithRedis('ids in Redis', () => {
  test('are marked once among processes, and can be forgotten', async () => {
    const server = await RedisServer.start();
    const connections = [1, 2].map(() => new Redis(server.port, server.host));
    const [one, two] = connections.map((redis) =>
      verifier({ seen: new shown.RedisSeenStore(redis), clock: { now: Date.now }, secrets: [secret] }),
    );

    const results = await Promise.allSettled([one, two].flatMap((each) => [1, 2, 3].map(() => each.verify(sent(), body))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await one.forget('msg_1');
    const work = one.receive(sent(), body, async () => {
      await expect(two.verify(sent(), body)).rejects.toMatchObject({ code: 'in-progress' });
      return 'done';
    });
    await expect(work).resolves.toBe('done');
    await expect(two.verify(sent(), body)).rejects.toMatchObject({ code: 'duplicate' });

    for (const redis of connections) redis.disconnect();
    await server.stop();
  });
});

/** Runs a block as a module of this process; what it declares of the receiver's own is the test's. */
function run(block: string): object {
  const { outputText } = ts.transpileModule(block, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  const exported = {};
  // oxlint-disable-next-line no-implied-eval -- the page is this repository's own
  new Function('require', 'exports', 'handle', outputText)(jest.requireActual, exported, (event: unknown) => handle(event));
  return exported;
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
