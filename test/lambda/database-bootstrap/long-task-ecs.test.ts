import type { ECSClient, RunTaskCommand, RunTaskCommandOutput } from '@aws-sdk/client-ecs';
import { startTask } from '../../../lambda/database-bootstrap/long-task-ecs';

const task = { cluster: 'cluster', taskDefinition: 'task:3', subnets: ['subnet-1'], securityGroups: ['sg-1', 'sg-2'] };

/** ECS that gives one answer, and what it was asked. */
function ecs(answer: Partial<RunTaskCommandOutput>) {
  const asked: RunTaskCommand['input'][] = [];
  const send = async ({ input }: RunTaskCommand) => {
    asked.push(input);
    return answer;
  };
  return { asked, client: { send } as unknown as Pick<ECSClient, 'send'> };
}

test('starts one task in private subnets', async () => {
  const { asked, client } = ecs({ tasks: [{}] });
  await startTask(client, task, ['deployment']);
  expect(asked).toEqual([
    {
      cluster: 'cluster',
      taskDefinition: 'task:3',
      launchType: 'FARGATE',
      count: 1,
      startedBy: 'database-bootstrap',
      clientToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1', 'sg-2'], assignPublicIp: 'DISABLED' },
      },
    },
  ]);
});

test('asks with the same token for the same request, so that ECS starts it once', async () => {
  const { asked, client } = ecs({ tasks: [{}] });
  for (const request of [
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'c'],
  ])
    await startTask(client, task, request);
  const [one, again, other] = asked.map(({ clientToken }) => clientToken);
  expect(one).toBe(again);
  expect(one).not.toBe(other);
});

test('names why ECS started none', async () => {
  const { client } = ecs({ tasks: [], failures: [{ reason: 'RESOURCE:CPU' }] });
  await expect(startTask(client, task, [])).rejects.toThrow(/^the task of long migrations must start, got RESOURCE:CPU; deploy again$/);
});
