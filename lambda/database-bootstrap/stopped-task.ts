import type { EventBridgeEvent } from 'aws-lambda';

/** What ECS says of a task that has failed or could not start. */
export interface StoppedTask {
  readonly taskArn: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly containers?: readonly { readonly exitCode?: number; readonly reason?: string }[];
}

export type StoppedTaskEvent = EventBridgeEvent<'ECS Task State Change', StoppedTask>;

/** A line for the log: a task that could not start has written none. */
export function stoppedTaskLine({ detail }: StoppedTaskEvent) {
  const { taskArn, stopCode, stoppedReason, containers = [] } = detail;
  return {
    event: 'long-migration-task-stopped',
    level: 'ERROR',
    task: taskArn,
    reason: [stopCode, stoppedReason, ...containers.map(({ exitCode, reason }) => reason ?? `exit code ${exitCode}`)]
      .filter(Boolean)
      .join(': '),
  };
}
