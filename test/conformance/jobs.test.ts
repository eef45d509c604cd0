import { JobScaling } from 'plinth';
import { production, resourceOf, withProperties } from './production';
import { domain, findingOf, jobs, platform } from './support';

const SOURCE = 'AWS::Lambda::EventSourceMapping';

test('CTX-4.4 is shown by the source of the worker and the queue that feeds it', () => {
  const { status, evidence } = findingOf('CTX-4.4', production);

  expect(status).toBe('met');
  expect(evidence).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ logicalId: resourceOf(SOURCE).id, path: 'Properties.ScalingConfig.MaximumConcurrency', value: 5 }),
      expect.objectContaining({ path: 'Properties.RedrivePolicy.maxReceiveCount', value: 5 }),
    ]),
  );
});

test('CTX-4.4 is met by pollers that stand ready, too', () => {
  const provisioned = { ...jobs, scaling: JobScaling.provisioned(2, 20) };

  expect(findingOf('CTX-4.4', platform({ stage: 'production', domain, jobs: provisioned })).status).toBe('met');
});

test.each([
  ['one worker', { ScalingConfig: { MaximumConcurrency: 1 } }, 'ScalingConfig.MaximumConcurrency must be 2 to 1000, got 1'],
  ['workers without a bound', { ScalingConfig: undefined }, 'ScalingConfig.MaximumConcurrency must be 2 to 1000, got nothing'],
  [
    'workers of no queue',
    { EventSourceArn: 'arn:aws:kinesis:us-east-1:111111111111:stream/s' },
    'EventSourceArn must refer to a queue, got arn:aws:kinesis:us-east-1:111111111111:stream/s',
  ],
])('CTX-4.4 is unmet by %s', (_what, properties, reason) => {
  expect(findingOf('CTX-4.4', withProperties(SOURCE, /./, properties))).toMatchObject({
    status: 'unmet',
    reason: expect.stringContaining(reason),
  });
});

test('CTX-4.4 is unmet by a queue that keeps what nobody can work', () => {
  expect(findingOf('CTX-4.4', withProperties('AWS::SQS::Queue', /Jobs/, { RedrivePolicy: undefined }))).toMatchObject({
    status: 'unmet',
    reason: expect.stringContaining('a queue with workers: RedrivePolicy.deadLetterTargetArn must refer to another queue, got nothing'),
  });
});

test('CTX-4.4 is unmet by a platform that takes no jobs', () => {
  expect(findingOf('CTX-4.4', platform({ stage: 'dev', jobs: undefined }))).toMatchObject({
    status: 'unmet',
    reason: expect.stringContaining('there must be a pool of workers, found none'),
  });
});
