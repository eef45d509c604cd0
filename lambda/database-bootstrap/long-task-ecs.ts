import { createHash } from 'node:crypto';
import { type ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import type { LongTask } from './configuration';

/** Starts the task once, however often one deployment asks for the same. */
export async function startTask(client: Pick<ECSClient, 'send'>, task: LongTask, request: readonly string[]): Promise<void> {
  const { cluster, taskDefinition, subnets, securityGroups } = task;
  const { tasks = [], failures = [] } = await client.send(
    new RunTaskCommand({
      cluster,
      taskDefinition,
      launchType: 'FARGATE',
      count: 1,
      startedBy: 'database-bootstrap',
      clientToken: createHash('sha256').update(request.join()).digest('hex'),
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [...subnets], securityGroups: [...securityGroups], assignPublicIp: 'DISABLED' },
      },
    }),
  );
  if (tasks.length === 1) return;
  const reasons = failures.map(({ reason }) => reason).join(', ') || 'no reason';
  throw new Error(`the task of long migrations must start, got ${reasons}; deploy again`);
}
