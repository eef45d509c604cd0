import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import { EnvelopeSealer, generateSecret, WebhookVerifier } from 'plinth-runtime/signing';
import {
  DEFAULT_LIMITS,
  DEFAULT_RETRY_POLICY,
  deliveryId,
  DynamoWebhookStore,
  type Endpoint,
  sealContext,
  systemClock,
  Webhooks,
  webhookTable,
} from 'plinth-runtime/webhooks';
import { KmsDataKeys } from '../../../lambda/shared/kms-data-keys';
import { WEBHOOK_KEY_CONTEXT } from '../../../lambda/shared/webhook-key-context';
import type { handler as FanOut } from '../../../lambda/webhook-fanout/handler';
import type { handler as Sender } from '../../../lambda/webhook-sender/handler';
import type { handler as Sweeper } from '../../../lambda/webhook-sweeper/handler';
import { Dynalite } from '../../support/dynalite';
import { closeServers } from '../deployment-test-traffic/local-server';
import { keyService, queues, receiver } from './emulators';

jest.setTimeout(30_000);

const KEY = 'arn:aws:kms:us-east-1:111111111111:key/k';
const SECRET = generateSecret();
const QUEUE_URLS = ['fanout', 'deliver', 'quarantine'] as const;

const lasting = (ms: number) => ({ getRemainingTimeInMillis: () => ms });
const eventOf = (...bodies: string[]) => ({ Records: bodies.map((body, at) => ({ messageId: `m-${at}`, body })) }) as SQSEvent;

let dynalite: Dynalite;
let store: DynamoWebhookStore;
let webhooks: Webhooks;
let sealer: EnvelopeSealer;
let queue: Awaited<ReturnType<typeof queues>>;
let receiving: Awaited<ReturnType<typeof receiver>>;
let handlers: { readonly fanOut: typeof FanOut; readonly sender: typeof Sender; readonly sweeper: typeof Sweeper };

beforeAll(async () => {
  dynalite = await Dynalite.start();
  await dynalite.createTable(webhookTable('webhooks'));
  [queue, receiving] = [await queues(), await receiver()];
  const kms = await keyService();
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_ENDPOINT_URL_DYNAMODB: dynalite.endpoint,
    AWS_ENDPOINT_URL_SQS: queue.url,
    AWS_ENDPOINT_URL_KMS: kms,
    WEBHOOK_TABLE: 'webhooks',
    WEBHOOK_KEY_ID: KEY,
    WEBHOOK_ALLOW_LOOPBACK: 'true',
    ...Object.fromEntries(QUEUE_URLS.map((name) => [`WEBHOOK_${name.toUpperCase()}_QUEUE_URL`, `${queue.url}/${name}`])),
  });
  // Loaded here because they read their environment while loading.
  handlers = {
    fanOut: jest.requireActual<{ handler: typeof FanOut }>('../../../lambda/webhook-fanout/handler').handler,
    sender: jest.requireActual<{ handler: typeof Sender }>('../../../lambda/webhook-sender/handler').handler,
    sweeper: jest.requireActual<{ handler: typeof Sweeper }>('../../../lambda/webhook-sweeper/handler').handler,
  };
  store = new DynamoWebhookStore({ client: dynalite.client(), tableName: 'webhooks', clock: systemClock });
  webhooks = new Webhooks({ store, messages: { fanOut: async () => undefined, deliver: async () => undefined } });
  const credentials = async () => ({ accessKeyId: 'none', secretAccessKey: 'none' });
  const dataKeys = new KmsDataKeys({ keyId: KEY, context: WEBHOOK_KEY_CONTEXT }, { region: 'us-east-1', credentials }, kms);
  sealer = new EnvelopeSealer({ dataKeys, clock: systemClock });
  for (const level of ['info', 'warn', 'error'] as const) jest.spyOn(console, level).mockImplementation();
});
afterEach(() => queue.sent.splice(0));
afterAll(async () => {
  await closeServers();
  await dynalite?.stop();
});

async function endpointAt(tenantId: string, path: string): Promise<Endpoint> {
  const id = `whe_${tenantId}`;
  const sealed = await sealer.seal(Buffer.from(SECRET), sealContext(tenantId, id));
  const now = Date.now();
  const endpoint: Endpoint = {
    id,
    tenantId,
    url: `${receiving.url}${path}`,
    events: ['document.*'],
    state: 'enabled',
    retryPolicy: DEFAULT_RETRY_POLICY,
    limits: DEFAULT_LIMITS,
    headerNames: [],
    keys: [{ kid: 'k1', version: 'v1', sealed, createdAt: now }],
    isImplicit: false,
    createdAt: now,
    updatedAt: now,
    revision: 'r1',
  };
  if (!(await store.endpoints.create(endpoint))) throw new Error(`the endpoint ${id} must be new`);
  return endpoint;
}

/** Publishes and fans out, and says the hint of the one delivery. */
async function delivered(tenantId: string): Promise<string> {
  const published = await webhooks.publish({
    tenantId,
    type: 'document.completed',
    body: { type: 'document.completed', document_id: 'd-1' },
  });
  if (published.type !== 'published') throw new Error(`a message must be published, got ${published.type}`);
  const { id: messageId } = published.message;
  await handlers.fanOut(eventOf(JSON.stringify({ messageId, tenantId })), lasting(30_000));
  return JSON.stringify({ deliveryId: deliveryId(messageId, `whe_${tenantId}`), endpointId: `whe_${tenantId}`, lane: 'deliver' });
}

const deliveryOf = (hint: string) => store.deliveries.read((JSON.parse(hint) as { deliveryId: string }).deliveryId);

test('CTX-10.2 a message is fanned out and arrives, signed', async () => {
  await endpointAt('acme', '/hook');
  const hint = await delivered('acme');

  const MessageGroupId = expect.stringMatching(/^acme\/[0-3]$/);
  expect(queue.sent).toMatchObject([{ QueueUrl: `${queue.url}/deliver`, MessageBody: hint, MessageGroupId, DelaySeconds: 0 }]);
  expect(await handlers.sender(eventOf(hint), lasting(45_000))).toEqual({ batchItemFailures: [] });

  const [{ headers, body }] = receiving.got.filter(({ path }) => path === '/hook');
  const verified = await new WebhookVerifier({ secrets: [SECRET] }).verify(headers, body);
  expect(verified).toMatchObject({ id: (await deliveryOf(hint))?.messageId, version: 'v1' });
  expect(await deliveryOf(hint)).toMatchObject({ state: 'succeeded', attempts: [{ number: 1, outcome: 'ok', status: 200 }] });
  expect(console.info).toHaveBeenCalledWith(
    expect.objectContaining({ event: 'webhook-attempt', endpointId: 'whe_acme', outcome: 'ok', interrupted: 0 }),
  );
});

test('a message that is fanned out twice is delivered once', async () => {
  await endpointAt('twice', '/twice');
  const hint = await delivered('twice');
  const batch = eventOf(hint, hint);
  await handlers.sender(batch, lasting(45_000));
  await handlers.sender(batch, lasting(45_000));

  expect(receiving.got.filter(({ path }) => path === '/twice')).toHaveLength(1);
});

test('what is none of ours comes again, and nothing else of its batch', async () => {
  await endpointAt('mixed', '/mixed');
  const hint = await delivered('mixed');

  expect(await handlers.sender(eventOf('nonsense', hint), lasting(45_000))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
  expect(await handlers.fanOut(eventOf('nonsense'), lasting(30_000))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
  expect(receiving.got.filter(({ path }) => path === '/mixed')).toHaveLength(1);
});

test('a delivery that there is no time left to post comes again, untouched', async () => {
  await endpointAt('late', '/late');
  const hint = await delivered('late');

  expect(await handlers.sender(eventOf(hint), lasting(0))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
  expect(await deliveryOf(hint)).toMatchObject({ state: 'pending', attempts: [] });
  expect(receiving.got.filter(({ path }) => path === '/late')).toEqual([]);
});

test('the sweeper sends a hint for a message whose own is lost, and says how late the rest is', async () => {
  await endpointAt('lost', '/lost');
  const past = new Webhooks({
    store,
    messages: { fanOut: async () => undefined, deliver: async () => undefined },
    clock: { now: () => Date.now() - 3_600_000, sleep: async () => undefined },
  });
  await past.publish({ tenantId: 'lost', type: 'document.completed', body: {} });
  await handlers.sweeper({}, lasting(60_000));

  expect(queue.sent).toMatchObject([{ QueueUrl: `${queue.url}/deliver`, MessageGroupId: expect.stringMatching(/^lost\/[0-3]$/) }]);
  expect(console.info).toHaveBeenCalledWith(
    expect.objectContaining({ event: 'webhook-sweep', message: 1, failed: 0, isCut: false, oldestDueSeconds: 0 }),
  );
});

test('a run of the sweeper that had no time ends with an error, so that it counts as none', async () => {
  await expect(handlers.sweeper({}, lasting(0))).rejects.toThrow('all that is due must be swept in a run, got more; the next run goes on');
});

test('the bundles are under 450 KB with the SDK inside, and at most 0.7 of what NodejsFunction makes', () => {
  const script = join(__dirname, '..', '..', '..', 'scripts', 'bench', 'function-bundles.mjs');
  const run = spawnSync(process.execPath, [script], { env: { ...process.env, ROUNDS: '1' }, encoding: 'utf8' });
  const { figures } = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}') as {
    figures: Record<string, { kb: number; ofNodejsFunction: number }>;
  };

  for (const name of ['webhook-fanout', 'webhook-sender', 'webhook-sweeper']) {
    expect(figures[name]?.kb).toBeLessThan(450);
    expect(figures[name]?.ofNodejsFunction).toBeLessThanOrEqual(0.7);
  }
});
