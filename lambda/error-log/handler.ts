import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import { copyErrors } from './copy-errors';
import { CloudWatchErrorLog } from './error-log-cloudwatch';
import { decodeMessage } from './subscription-message';

const logGroupName = process.env.ERROR_LOG_GROUP;
if (!logGroupName) throw new Error('ERROR_LOG_GROUP must be the name of a log group, got nothing');
const errorLog = new CloudWatchErrorLog(new CloudWatchLogsClient({}), logGroupName);

export async function handler(event: CloudWatchLogsEvent): Promise<void> {
  await copyErrors(decodeMessage(event.awslogs.data), errorLog, (stream, rejection) =>
    console.warn({ event: 'error-log-rejected', stream, ...rejection }),
  );
}
