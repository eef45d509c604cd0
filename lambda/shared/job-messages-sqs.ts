import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { JobMessage, JobMessages } from 'plinth-runtime/jobs';

const LONGEST_DELAY_SECONDS = 900;

/** Messages of jobs on a standard queue, fair between tenants. */
export class SqsJobMessages implements JobMessages {
  constructor(
    private readonly client: Pick<SQSClient, 'send'>,
    private readonly queueUrl: string,
  ) {}

  async send({ jobId, tenantId }: JobMessage, delayMs: number): Promise<void> {
    await this.client.send(
      new SendMessageCommand({
        QueueUrl: this.queueUrl,
        MessageBody: JSON.stringify({ jobId, tenantId }),
        MessageGroupId: tenantId,
        // Upwards: a message before its time is dropped.
        DelaySeconds: Math.min(LONGEST_DELAY_SECONDS, Math.ceil(delayMs / 1000)),
      }),
    );
  }
}

/** The message in a record's body, or nothing when it is none of ours. */
export function parseJobMessage(body: string): JobMessage | undefined {
  try {
    const { jobId, tenantId } = JSON.parse(body) as Partial<Record<keyof JobMessage, unknown>>;
    return typeof jobId === 'string' && typeof tenantId === 'string' ? { jobId, tenantId } : undefined;
  } catch {
    return undefined;
  }
}
