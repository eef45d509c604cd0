import { createHash } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeliverHint, FanOutHint, WebhookMessages } from 'plinth-runtime/webhooks';

export interface WebhookQueueUrls {
  readonly fanOutQueueUrl: string;
  readonly deliverQueueUrl: string;
  readonly quarantineQueueUrl: string;
}

const LONGEST_DELAY_SECONDS = 900;

/** SQS tells a noisy group by its tenth of the work: a tenant that takes 40 % of it is told, however many its endpoints are. */
const GROUPS_OF_TENANT = 4;

/** Hints on standard queues, fair between tenants. Of deliveries each tenant has four groups, so that one endpoint's flood delays few of its others. */
export class SqsWebhookMessages implements WebhookMessages {
  constructor(
    private readonly client: Pick<SQSClient, 'send'>,
    private readonly urls: WebhookQueueUrls,
  ) {}

  fanOut({ messageId, tenantId }: FanOutHint): Promise<void> {
    return this.send(this.urls.fanOutQueueUrl, { messageId, tenantId }, tenantId, 0);
  }

  deliver({ deliveryId, endpointId, tenantId, lane }: DeliverHint, delayMs: number): Promise<void> {
    const url = lane === 'quarantine' ? this.urls.quarantineQueueUrl : this.urls.deliverQueueUrl;
    return this.send(url, { deliveryId, endpointId, lane }, groupOf(tenantId, endpointId), delayMs);
  }

  private async send(QueueUrl: string, hint: object, MessageGroupId: string, delayMs: number): Promise<void> {
    // Upwards: a delivery before its time is not sent.
    const DelaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.ceil(delayMs / 1000));
    await this.client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(hint), MessageGroupId, DelaySeconds }));
  }
}

function groupOf(tenantId: string, endpointId: string): string {
  const [first] = createHash('sha256').update(endpointId).digest();
  return `${tenantId}/${first % GROUPS_OF_TENANT}`;
}

/** The hint in a record of the fan-out queue; throws when it is none of ours. */
export function parseFanOutHint(body: string): FanOutHint {
  const { messageId, tenantId } = fieldsOf(body);
  if (typeof messageId === 'string' && typeof tenantId === 'string') return { messageId, tenantId };
  throw new Error('the message must be JSON with messageId and tenantId, got something else');
}

/** The hint in a record of the deliver or the quarantine queue; throws when it is none of ours. */
export function parseDeliverHint(body: string): Omit<DeliverHint, 'tenantId'> {
  const { deliveryId, endpointId, lane } = fieldsOf(body);
  if (typeof deliveryId === 'string' && typeof endpointId === 'string' && (lane === 'deliver' || lane === 'quarantine')) {
    return { deliveryId, endpointId, lane };
  }
  throw new Error('the message must be JSON with deliveryId, endpointId and lane (deliver or quarantine), got something else');
}

function fieldsOf(body: string): Record<string, unknown> {
  try {
    return (JSON.parse(body) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}
