import type { SQSEvent } from 'aws-lambda';
import { EnvelopeSealer, generateSecret } from 'plinth-runtime/signing';
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

const KEY = 'arn:aws:kms:us-east-1:111111111111:key/k';
export const SECRET = generateSecret();
export const QUEUES = ['fanout', 'deliver', 'quarantine'] as const;

export const lasting = (ms: number) => ({ getRemainingTimeInMillis: () => ms });
export const eventOf = (...bodies: string[]) => ({ Records: bodies.map((body, at) => ({ messageId: `m-${at}`, body })) }) as SQSEvent;

/** The functions of webhooks as they are deployed, over emulations of what they call. */
export async function startFunctions() {
  const dynalite = await Dynalite.start();
  await dynalite.createTable(webhookTable('webhooks'));
  const [queue, receiving, kms] = [await queues(), await receiver(), await keyService()];
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
    ...Object.fromEntries(QUEUES.map((name) => [`WEBHOOK_${name.toUpperCase()}_QUEUE_URL`, `${queue.url}/${name}`])),
  });
  // Loaded here because they read their environment while loading.
  const handlers = {
    fanOut: jest.requireActual<{ handler: typeof FanOut }>('../../../lambda/webhook-fanout/handler').handler,
    sender: jest.requireActual<{ handler: typeof Sender }>('../../../lambda/webhook-sender/handler').handler,
    sweeper: jest.requireActual<{ handler: typeof Sweeper }>('../../../lambda/webhook-sweeper/handler').handler,
  };
  const store = new DynamoWebhookStore({ client: dynalite.client(), tableName: 'webhooks', clock: systemClock });
  const webhooks = new Webhooks({ store, messages: { fanOut: async () => undefined, deliver: async () => undefined } });
  const credentials = async () => ({ accessKeyId: 'none', secretAccessKey: 'none' });
  const dataKeys = new KmsDataKeys({ keyId: KEY, context: WEBHOOK_KEY_CONTEXT }, { region: 'us-east-1', credentials }, kms);
  const sealer = new EnvelopeSealer({ dataKeys, clock: systemClock });
  for (const level of ['info', 'warn', 'error'] as const) jest.spyOn(console, level).mockImplementation();

  const keyFor = async (tenantId: string, id: string) => {
    const sealed = await sealer.seal(Buffer.from(SECRET), sealContext(tenantId, id));
    return { kid: 'k1', version: 'v1' as const, sealed, createdAt: Date.now() };
  };
  const endpointAt = async (tenantId: string, path: string, fields: Partial<Endpoint> = {}): Promise<Endpoint> => {
    const id = `whe_${tenantId}`;
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
      keys: [await keyFor(tenantId, id)],
      isImplicit: false,
      createdAt: now,
      updatedAt: now,
      revision: 'r1',
      ...fields,
    };
    if (!(await store.endpoints.create(endpoint))) throw new Error(`the endpoint ${id} must be new`);
    return endpoint;
  };
  /** Publishes, and says the hint of the message. */
  const published = async (tenantId: string) => {
    const body = { type: 'document.completed', document_id: 'd-1' };
    const { type, ...rest } = await webhooks.publish({ tenantId, type: 'document.completed', body });
    if (!('message' in rest)) throw new Error(`a message must be published, got ${type}`);
    return { messageId: rest.message.id, tenantId };
  };
  /** Publishes and fans out, and says the hint of the one delivery. */
  const delivered = async (tenantId: string): Promise<string> => {
    const hint = await published(tenantId);
    await handlers.fanOut(eventOf(JSON.stringify(hint)), lasting(30_000));
    return JSON.stringify({ deliveryId: deliveryId(hint.messageId, `whe_${tenantId}`), endpointId: `whe_${tenantId}`, lane: 'deliver' });
  };
  const deliveryOf = (hint: string) => store.deliveries.read((JSON.parse(hint) as { deliveryId: string }).deliveryId);
  const gotAt = (path: string) => receiving.got.filter((one) => one.path === path);
  const stop = async () => {
    await closeServers();
    await dynalite.stop();
  };
  return { dynalite, store, webhooks, queue, gotAt, handlers, keyFor, endpointAt, published, delivered, deliveryOf, stop };
}
