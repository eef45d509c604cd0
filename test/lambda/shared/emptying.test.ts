import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Unfinished } from '../../../lambda/shared/custom-resource';
import { type Container, DISPOSABLE, emptyWhenDeleted } from '../../../lambda/shared/emptying';
import { DISPOSABLE_TAG } from '../../../lib/functions/emptier';

const common = {
  ServiceToken: 'arn',
  ResponseURL: 'https://responses.example.com',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Emptied',
  ResourceType: 'Custom::EmptiedBucket',
  ResourceProperties: { ServiceToken: 'arn', BucketName: 'logs' },
};
const create: CloudFormationCustomResourceEvent = { ...common, RequestType: 'Create' };
const remove: CloudFormationCustomResourceEvent = { ...common, RequestType: 'Delete', PhysicalResourceId: 'logs' };
const update: CloudFormationCustomResourceEvent = {
  ...common,
  RequestType: 'Update',
  PhysicalResourceId: 'old-logs',
  OldResourceProperties: { ServiceToken: 'arn', BucketName: 'old-logs' },
};

interface Given {
  readonly disposable?: boolean;
  /** What comes while the function sleeps, one list after the other. */
  readonly late?: string[][];
  /** How many of a page go at once. */
  readonly atOnce?: number;
  readonly timeUp?: AbortSignal;
}

/** A container of one item a page and what was done to it. */
function emptying(event: CloudFormationCustomResourceEvent, items: string[], given: Given = {}) {
  const { disposable = true, late = [], atOnce = 1, timeUp = new AbortController().signal } = given;
  const opened: string[] = [];
  const sleeps: number[] = [];
  const left = [...items];
  const container: Container<string> = {
    isDisposable: async () => disposable,
    content: async () => left.slice(0, 1),
    remove: async () => left.splice(0, atOnce).length,
  };
  const sleep = async (ms: number) => {
    sleeps.push(ms);
    left.push(...(late.shift() ?? []));
    if (atOnce === 0) left.shift();
  };
  const open = (name: string) => {
    opened.push(name);
    return container;
  };
  return { left, opened, sleeps, done: emptyWhenDeleted(event, 'BucketName', open, { sleep, timeUp, pauseMs: 10 }) };
}

test('empties page by page when it is deleted', async () => {
  const { left, opened, done } = emptying(remove, ['a', 'b', 'c']);

  expect([await done, left, opened]).toEqual([{ physicalResourceId: 'logs' }, [], ['logs']]);
});

test.each([
  ['created', create, { physicalResourceId: 'logs' }],
  ['updated to another name, which has CloudFormation delete the old one', update, { physicalResourceId: 'logs' }],
])('touches nothing when it is %s', async (_how, event, answer) => {
  const { left, opened, done } = emptying(event, ['a']);

  expect([await done, left, opened]).toEqual([answer, ['a'], []]);
});

test('leaves what no longer says that it is disposable', async () => {
  const { left, done } = emptying(remove, ['a'], { disposable: false });

  expect([await done, left]).toEqual([{ physicalResourceId: 'logs' }, ['a']]);
});

test('leaves what a resource that could not be created never got to', async () => {
  const { left, opened, done } = emptying({ ...remove, PhysicalResourceId: 'Emptied' }, ['a']);

  expect([await done, left, opened]).toEqual([{ physicalResourceId: 'Emptied' }, ['a'], []]);
});

test('looks again after a pause, for what was on its way', async () => {
  const { left, sleeps, done } = emptying(remove, ['a'], { late: [['late', 'later']] });
  await done;

  expect([left, sleeps]).toEqual([[], [10, 10]]);
});

test('waits between looks while things go by themselves', async () => {
  const { left, sleeps, done } = emptying(remove, ['a', 'b'], { atOnce: 0 });
  await done;

  expect([left, sleeps]).toEqual([[], [10, 10, 10]]);
});

test('stops when its time is up, for the next run to carry on', async () => {
  const { left, done } = emptying(remove, ['a'], { timeUp: AbortSignal.abort() });

  await expect(done).rejects.toThrow(new Unfinished('logs is not empty yet; what was removed stays removed'));
  expect(left).toEqual(['a']);
});

test('fails without a name', async () => {
  const { done } = emptying({ ...remove, ResourceProperties: { ServiceToken: 'arn' } }, ['a']);

  await expect(done).rejects.toThrow('BucketName must be a name, got none');
});

test('knows what is disposable by the tag that the constructs give', () => {
  expect(DISPOSABLE).toBe(DISPOSABLE_TAG);
});
