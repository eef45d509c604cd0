import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { WebhookSweeper, WebhookTasks } from 'plinth-runtime/webhooks';
import { timeLeftMs } from '../shared/time-left';
import { openWebhooks } from '../shared/webhooks';
import { webhooksEnvironment } from '../shared/webhooks-environment';
import { sweepRun } from './sweep-run';

// The endpoint may be an emulator, whose queues have addresses of their own.
const webhooks = openWebhooks(webhooksEnvironment(process.env), new DynamoDBClient({}), new SQSClient({ useQueueUrlAsEndpoint: false }));
const tasks = new WebhookTasks({ webhooks });
const sweeper = new WebhookSweeper({
  webhooks,
  runTask: (due, untilMs) => tasks.run(due, untilMs),
  onFailure: (due, error) => console.error({ event: 'webhook-sweep-failed', due, reason: String(error) }),
});

/** Every minute, by a schedule. Throws when a run was not whole, which is how the alarm on lag counts those that were. */
export async function handler(_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> {
  const { oldestDueSeconds, ...report } = await sweepRun(sweeper, webhooks.context, Date.now() + timeLeftMs(context));
  console.info({ event: 'webhook-sweep', oldestDueSeconds, ...report });
  if (report.failed > 0) throw new Error(`all that is due must be swept, got a failure for ${report.failed}; see the log`);
  if (report.isCut) throw new Error('all that is due must be swept in a run, got more; the next run goes on');
}
