import type { SQSClient } from '@aws-sdk/client-sqs';
import type { WebhookEvent } from 'plinth-runtime/webhooks';
import { webhookLine } from '../../../lambda/shared/webhook-log';
import { parseDeliverHint, parseFanOutHint, SqsWebhookMessages } from '../../../lambda/shared/webhook-messages-sqs';
import { webhooksEnvironment } from '../../../lambda/shared/webhooks-environment';
import { senderEnvironment } from '../../../lambda/webhook-sender/sender-environment';
import { sweepRun } from '../../../lambda/webhook-sweeper/sweep-run';

const QUEUES = {
  WEBHOOK_TABLE: 'webhooks',
  WEBHOOK_FANOUT_QUEUE_URL: 'https://fanout',
  WEBHOOK_DELIVER_QUEUE_URL: 'https://deliver',
  WEBHOOK_QUARANTINE_QUEUE_URL: 'https://quarantine',
};
const SENDER = { ...QUEUES, WEBHOOK_KEY_ID: 'arn:aws:kms:eu-west-1:1:key/k' };

describe('the environment', () => {
  test('is read', () => {
    expect(webhooksEnvironment(QUEUES)).toEqual({
      tableName: 'webhooks',
      fanOutQueueUrl: 'https://fanout',
      deliverQueueUrl: 'https://deliver',
      quarantineQueueUrl: 'https://quarantine',
    });
  });

  test('of a sender has lists, which may be empty', () => {
    const lists = { WEBHOOK_REFUSED_HOSTS: 'api.example.com, x.example.com,', WEBHOOK_REFUSED_NETWORKS: '10.0.0.0/16,2001:db8::/32' };

    expect(senderEnvironment({ ...SENDER, ...lists })).toMatchObject({
      keyId: SENDER.WEBHOOK_KEY_ID,
      refusedHosts: ['api.example.com', 'x.example.com'],
      refusedNetworks: ['10.0.0.0/16', '2001:db8::/32'],
      allowLoopback: false,
    });
    expect(senderEnvironment({ ...SENDER, WEBHOOK_REFUSED_HOSTS: '', WEBHOOK_ALLOW_LOOPBACK: 'true' })).toMatchObject({
      refusedHosts: [],
      refusedNetworks: [],
      allowLoopback: true,
    });
  });

  test('names every fault at once', () => {
    const faulty = () =>
      senderEnvironment({ WEBHOOK_TABLE: 'webhooks', WEBHOOK_REFUSED_NETWORKS: '10.0.0.1,10.0.0.0/33', WEBHOOK_ALLOW_LOOPBACK: 'yes' });

    expect(faulty).toThrow(
      'WEBHOOK_FANOUT_QUEUE_URL must be set, got nothing; WEBHOOK_DELIVER_QUEUE_URL must be set, got nothing; ' +
        'WEBHOOK_QUARANTINE_QUEUE_URL must be set, got nothing; WEBHOOK_KEY_ID must be set, got nothing; ' +
        'WEBHOOK_REFUSED_NETWORKS must be ranges such as 10.0.0.0/16, got 10.0.0.1; ' +
        'WEBHOOK_REFUSED_NETWORKS must be ranges such as 10.0.0.0/16, got 10.0.0.0/33; ' +
        'WEBHOOK_ALLOW_LOOPBACK must be true or false, got yes; leave it out',
    );
  });
});

describe('messages', () => {
  const sent: object[] = [];
  const client = { send: async ({ input }: { input: object }) => void sent.push(input) } as unknown as Pick<SQSClient, 'send'>;
  const messages = new SqsWebhookMessages(client, webhooksEnvironment(QUEUES));
  beforeEach(() => sent.splice(0));

  test('to fan out are in the group of their tenant', async () => {
    await messages.fanOut({ messageId: 'msg_1', tenantId: 'acme' });

    expect(sent).toEqual([
      { QueueUrl: 'https://fanout', MessageBody: '{"messageId":"msg_1","tenantId":"acme"}', MessageGroupId: 'acme', DelaySeconds: 0 },
    ]);
  });

  test.each([
    ['deliver', 'https://deliver'],
    ['quarantine', 'https://quarantine'],
  ] as const)('of the lane %s are in a group of their tenant, on a queue of their own', async (lane, QueueUrl) => {
    await messages.deliver({ deliveryId: 'del_1', endpointId: 'whe_1', tenantId: 'acme', lane }, 0);

    expect(sent).toEqual([
      {
        QueueUrl,
        MessageBody: JSON.stringify({ deliveryId: 'del_1', endpointId: 'whe_1', lane }),
        MessageGroupId: expect.stringMatching(/^acme\/[0-3]$/),
        DelaySeconds: 0,
      },
    ]);
  });

  test.each([
    [1, 1],
    [1000, 1],
    [1001, 2],
    [3_600_000, 900],
  ])('wait %i ms for %i seconds: never less than asked, and as long as SQS takes', async (delayMs, DelaySeconds) => {
    await messages.deliver({ deliveryId: 'del_1', endpointId: 'whe_1', tenantId: 'acme', lane: 'deliver' }, delayMs);

    expect(sent).toMatchObject([{ DelaySeconds }]);
  });

  test.each(['', '{', 'null', '[]', '{"messageId":1,"tenantId":"a"}'])('that are none of ours are refused: %s', (body) => {
    expect(() => parseFanOutHint(body)).toThrow('the message must be JSON with messageId and tenantId, got something else');
  });

  test.each(['', '{}', '{"deliveryId":"d","endpointId":"e","lane":"fast"}'])('that are no deliveries are refused: %s', (body) => {
    expect(() => parseDeliverHint(body)).toThrow(
      'the message must be JSON with deliveryId, endpointId and lane (deliver or quarantine), got something else',
    );
  });

  test('are read as they were sent', () => {
    const hint = { deliveryId: 'd', endpointId: 'e', lane: 'quarantine' } as const;

    expect(parseDeliverHint(JSON.stringify(hint))).toEqual(hint);
    expect(parseFanOutHint('{"messageId":"m","tenantId":"t"}')).toEqual({ messageId: 'm', tenantId: 't' });
  });
});

describe('lines of the log', () => {
  const of = { tenantId: 'acme', endpointId: 'whe_1', deliveryId: 'del_1' };
  const attempt = {
    number: 2,
    trigger: 'auto',
    startedAt: 0,
    endedAt: 9,
    outcome: 'failed',
    failure: 'http-5xx',
    status: 503,
    latencyMs: 9,
  } as const;

  test.each<[WebhookEvent, object | undefined]>([
    [
      { type: 'attempt', ...of, attempt },
      {
        event: 'webhook-attempt',
        ...of,
        attempt: 2,
        trigger: 'auto',
        outcome: 'failed',
        failure: 'http-5xx',
        status: 503,
        latencyMs: 9,
        interrupted: 0,
      },
    ],
    [
      { type: 'attempt', ...of, attempt: { ...attempt, outcome: 'unknown' } },
      expect.objectContaining({ event: 'webhook-attempt', interrupted: 1 }),
    ],
    [
      { type: 'unknown-attempt', ...of },
      { event: 'webhook-interrupted', ...of, interrupted: 1 },
    ],
    [
      { type: 'opened', tenantId: 'acme', endpointId: 'whe_1' },
      { event: 'webhook-opened', tenantId: 'acme', endpointId: 'whe_1' },
    ],
    [
      { type: 'clock-skew', tenantId: 'acme', endpointId: 'whe_1', skewMs: 360_000 },
      { event: 'webhook-clock-skew', tenantId: 'acme', endpointId: 'whe_1', skewMs: 360_000 },
    ],
    [
      { type: 'left', what: 'deliver', id: 'del_1', error: new Error('throttled') },
      { event: 'webhook-left', what: 'deliver', id: 'del_1', reason: 'Error: throttled' },
    ],
    [{ type: 'parked', ...of }, undefined],
    [{ type: 'succeeded', ...of }, undefined],
  ])('tell of %j', (event, line) => {
    expect(webhookLine(event)).toEqual(line);
  });

  test('hold nothing of what a receiver answered', () => {
    const line = webhookLine({ type: 'attempt', ...of, attempt: { ...attempt, detail: 'secret answer', address: '203.0.113.7' } });

    expect(JSON.stringify(line)).not.toMatch(/secret answer|203\.0\.113\.7/);
  });
});

describe('a run of the sweeper', () => {
  const report = { message: 1, delivery: 2, gate: 0, task: 0, failed: 0, isCut: false };
  const runOver = (oldestDue: number | undefined) =>
    sweepRun(
      { sweep: async () => report },
      { clock: { now: () => 1_000_000 }, store: { oldestDue: async () => oldestDue } } as unknown as Parameters<typeof sweepRun>[1],
      2_000_000,
    );

  test.each([
    [undefined, 0],
    [700_000, 300],
    [1_000_400, 0],
  ])('tells for how long what is due longest has been due: %s, %i seconds', async (oldest, oldestDueSeconds) => {
    expect(await runOver(oldest)).toEqual({ ...report, oldestDueSeconds });
  });
});
