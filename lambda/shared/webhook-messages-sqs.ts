import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeliverHint, FanOutHint, WebhookMessages } from 'plinth-runtime/webhooks';

export interface WebhookQueueUrls {
  readonly fanOutQueueUrl: string;
  readonly deliverQueueUrl: string;
  readonly quarantineQueueUrl: string;
}

const LONGEST_DELAY_SECONDS = 900;

/** Hints on standard queues: fair between tenants for messages, between endpoints for deliveries. */
export class SqsWebhookMessages implements WebhookMessages {
  constructor(
    private readonly client: Pick<SQSClient, 'send'>,
    private readonly urls: WebhookQueueUrls,
  ) {}

  fanOut({ messageId, tenantId }: FanOutHint): Promise<void> {
    return this.send(this.urls.fanOutQueueUrl, { messageId, tenantId }, tenantId, 0);
  }

  deliver({ deliveryId, endpointId, lane }: DeliverHint, delayMs: number): Promise<void> {
    const url = lane === 'quarantine' ? this.urls.quarantineQueueUrl : this.urls.deliverQueueUrl;
    return this.send(url, { deliveryId, endpointId, lane }, endpointId, delayMs);
  }

  private async send(QueueUrl: string, hint: object, MessageGroupId: string, delayMs: number): Promise<void> {
    // Upwards: a delivery before its time is not sent.
    const DelaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.ceil(delayMs / 1000));
    await this.client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(hint), MessageGroupId, DelaySeconds }));
  }
}

/** The hint in a record of the fan-out queue; throws when it is none of ours. */
export function parseFanOutHint(body: string): FanOutHint {
  const { messageId, tenantId } = fieldsOf(body);
  if (typeof messageId === 'string' && typeof tenantId === 'string') return { messageId, tenantId };
  throw new Error('the message must be JSON with messageId and tenantId, got something else');
}

/** The hint in a record of the deliver or the quarantine queue; throws when it is none of ours. */
export function parseDeliverHint(body: string): DeliverHint {
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
