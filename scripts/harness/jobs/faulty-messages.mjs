import { SendMessageCommand } from '@aws-sdk/client-sqs';

/** A sender that loses, repeats and reorders messages, as a seed decides. */
export class FaultyMessages {
  lost = 0;
  repeated = 0;
  delayed = 0;

  constructor(client, queueUrl, random) {
    this.client = client;
    this.queueUrl = queueUrl;
    this.random = random;
  }

  async send({ jobId, tenantId }) {
    const luck = this.random();
    if (luck < 0.05) {
      this.lost += 1;
      return;
    }
    const copies = luck < 0.15 ? 2 : 1;
    this.repeated += copies - 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const DelaySeconds = this.random() < 0.3 ? 1 + Math.floor(this.random() * 5) : 0;
      this.delayed += DelaySeconds > 0 ? 1 : 0;
      const MessageBody = JSON.stringify({ jobId, tenantId });
      await this.client.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody, MessageGroupId: tenantId, DelaySeconds }));
    }
  }
}
