// The world outside that jobs change: a function's endpoint whose effect is one conditional write, fenced by the attempt.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException, CreateTableCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

const TABLE = 'effects';

export class Effects {
  written = 0;
  /** Writes by an attempt that a later one had overtaken: refused. */
  stale = 0;
  /** Writes in the place of an earlier attempt's, whose worker died after its effect. */
  rewritten = 0;

  constructor(client, random, onWritten) {
    this.client = client;
    this.random = random;
    this.onWritten = onWritten;
  }

  async start() {
    await this.client.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'job_id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'job_id', KeyType: 'HASH' }],
      }),
    );
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  async answer(request, response) {
    const call = await json(request);
    // Few calls are slow: some outlive their worker, and arrive after the attempt that followed.
    await sleep(this.random() < 0.02 ? 500 + this.random() * 4000 : this.random() * 20);
    const isWritten = await this.write(call);
    const stale = { error: { code: 'stale', message: 'a later attempt was here', retryable: true } };
    response.end(JSON.stringify(isWritten ? { result: { fence: call.attempt } } : stale));
  }

  async write({ job_id: jobId, attempt }) {
    try {
      const { Attributes } = await this.client.send(
        new UpdateItemCommand({
          TableName: TABLE,
          Key: { job_id: { S: jobId } },
          UpdateExpression: 'SET fence = :fence',
          ConditionExpression: 'attribute_not_exists(job_id) OR fence < :fence',
          ExpressionAttributeValues: { ':fence': { N: String(attempt) } },
          ReturnValues: 'ALL_OLD',
        }),
      );
      if (Attributes) this.rewritten += 1;
      else this.onWritten((this.written += 1));
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      this.stale += 1;
      return false;
    }
  }

  /** The attempt whose effect stands. */
  async fenceOf(jobId) {
    const { Item } = await this.client.send(new GetItemCommand({ TableName: TABLE, Key: { job_id: { S: jobId } }, ConsistentRead: true }));
    return Item && Number(Item.fence.N);
  }

  stop() {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}
