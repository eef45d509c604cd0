// What Lambda does around the built worker: receives batches, calls its handler, deletes what it does not give back.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const { handler } = createRequire(import.meta.url)(join(here, '..', '..', '..', 'dist', 'lambda', 'job-worker', 'index.js'));
const FUNCTION_TIMEOUT_MS = 15_000;
const POLLERS = Number(process.env.POLLERS ?? 2);
const QueueUrl = process.env.JOB_QUEUE_URL;
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
if (process.env.QUIET) console.info = console.warn = () => {};

async function poll() {
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
    if (Messages.length === 0) continue;
    const ends = Date.now() + FUNCTION_TIMEOUT_MS;
    const Records = Messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body }));
    const { batchItemFailures } = await handler({ Records }, { getRemainingTimeInMillis: () => ends - Date.now() });
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = Messages.filter(({ MessageId }) => !failed.has(MessageId));
    const Entries = done.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

await Promise.all(Array.from({ length: POLLERS }, poll));
