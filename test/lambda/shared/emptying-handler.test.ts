import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { Container } from '../../../lambda/shared/emptying';
import { emptyingHandler } from '../../../lambda/shared/emptying-handler';

const event: CloudFormationCustomResourceEvent = {
  RequestType: 'Delete',
  ServiceToken: 'arn',
  ResponseURL: 'https://responses.example.com',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Emptied',
  ResourceType: 'Custom::EmptiedBucket',
  PhysicalResourceId: 'logs',
  ResourceProperties: { ServiceToken: 'arn', BucketName: 'logs' },
};
const lasting = (ms: number) => ({ getRemainingTimeInMillis: () => ms });

/** Runs the handler over a container of these items; `answers` is what CloudFormation was told. */
async function handled(items: string[], ms: number) {
  const answers: unknown[] = [];
  const fetch = jest.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    answers.push(JSON.parse(init?.body as string).Status);
    return new Response();
  });
  const log = jest.spyOn(console, 'info').mockImplementation();
  const container: Container<string> = {
    isDisposable: async () => true,
    content: async () => [...items],
    remove: async (removed) => items.splice(0, removed.length).length,
  };
  const fault = await emptyingHandler('BucketName', 0, () => container)(event, lasting(ms)).catch((error: Error) => error.message);
  fetch.mockRestore();
  log.mockRestore();
  return { answers, fault };
}

test('answers when the container is empty', async () => {
  expect(await handled(['a'], 900_000)).toEqual({ answers: ['SUCCESS'], fault: undefined });
});

test('says nothing when the time is up, and fails, so that Lambda runs it again', async () => {
  const { answers, fault } = await handled(['a'], 17_000);

  expect([answers, fault]).toEqual([[], 'logs is not empty yet; what was removed stays removed']);
});
