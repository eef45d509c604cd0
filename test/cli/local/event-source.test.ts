import type { Outcome } from '../../../cli/src/local/function/function-process';
import { EventSource } from '../../../cli/src/local/triggers/event-source';
import type { MessageQueue, ReceivedMessage } from '../../../cli/src/local/triggers/queue-client';
import { failedOf } from '../../../cli/src/local/triggers/records';

const message = (id: string): ReceivedMessage => ({ MessageId: id, ReceiptHandle: `r-${id}`, Body: `body ${id}`, MD5OfBody: 'x' });

/** Gives what was prepared for each call, then nothing until it is stopped. */
class FakeQueue implements MessageQueue {
  readonly asked: (readonly [most: number, waitSeconds: number])[] = [];
  readonly removed: string[] = [];

  constructor(private readonly answers: (readonly ReceivedMessage[] | Error)[]) {}

  async receive(most: number, waitSeconds: number, signal: AbortSignal): Promise<readonly ReceivedMessage[]> {
    this.asked.push([most, waitSeconds]);
    const answer = this.answers.shift();
    if (answer instanceof Error) throw answer;
    if (answer) return answer;
    if (waitSeconds === 0) return [];
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }

  async remove(messages: readonly ReceivedMessage[]): Promise<void> {
    this.removed.push(...messages.map(({ MessageId }) => MessageId));
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function setUp(answers: (readonly ReceivedMessage[] | Error)[], invoke: (event: unknown) => Promise<Outcome>, change: object = {}) {
  const queue = new FakeQueue(answers);
  const failures: string[] = [];
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const model = { batchSize: 10, windowMs: 0, concurrency: 2, reportsFailures: true, ...change };
  const source = new EventSource({
    model,
    queue,
    arn: 'arn:q',
    region: 'eu-west-1',
    clock,
    invoke,
    onFailure: (one) => void failures.push(one),
  });
  return { queue, source, failures, pass: (ms: number) => (now += ms) };
}

const succeeds = async (): Promise<Outcome> => ({ ok: true, value: null });

test('hands messages over as Lambda does, and deletes what was worked', async () => {
  const events: unknown[] = [];
  const attributes = {
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'a' } },
    Attributes: { ApproximateReceiveCount: '1' },
  };
  const { queue, source } = setUp([[{ ...message('1'), ...attributes }]], async (event) => {
    events.push(event);
    return succeeds();
  });

  source.start();
  await settled();
  await source.stop();

  expect(events).toEqual([
    {
      Records: [
        {
          messageId: '1',
          receiptHandle: 'r-1',
          body: 'body 1',
          md5OfBody: 'x',
          attributes: { ApproximateReceiveCount: '1' },
          messageAttributes: { kind: { stringValue: 'a', stringListValues: [], binaryListValues: [], dataType: 'String' } },
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:q',
          awsRegion: 'eu-west-1',
        },
      ],
    },
  ]);
  expect(queue.removed).toEqual(['1']);
});

test('leaves the messages that an answer names as failed', async () => {
  const { queue, source } = setUp([[message('1'), message('2'), message('3')]], async () => ({
    ok: true,
    value: { batchItemFailures: [{ itemIdentifier: '2' }] },
  }));

  source.start();
  await settled();
  await source.stop();

  expect(queue.removed).toEqual(['1', '3']);
});

test('deletes all of a batch when failures are not reported by message', async () => {
  const answer = async () => ({ ok: true, value: { batchItemFailures: [{ itemIdentifier: '1' }] } }) as const;
  const { queue, source } = setUp([[message('1'), message('2')]], answer, { reportsFailures: false });

  source.start();
  await settled();
  await source.stop();

  expect(queue.removed).toEqual(['1', '2']);
});

test('leaves all of a batch when the function fails, and tells why', async () => {
  const failed = async () => ({ ok: false, errorType: 'TypeError', errorMessage: 'no' }) as const;
  const { queue, source, failures } = setUp([[message('1')]], failed);

  source.start();
  await settled();
  await source.stop();

  expect([queue.removed, failures]).toEqual([[], ['TypeError: no']]);
});

test.each([
  ['nothing', null, []],
  ['an empty list', { batchItemFailures: [] }, []],
  ['one of two', { batchItemFailures: [{ itemIdentifier: '1' }] }, ['1']],
  ['a message of another batch', { batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '9' }] }, ['1', '2']],
  ['no identifier', { batchItemFailures: [{}] }, ['1', '2']],
  ['an identifier that is null', { batchItemFailures: [{ itemIdentifier: null }] }, ['1', '2']],
  ['something else than a list', { batchItemFailures: '1' }, ['1', '2']],
])('an answer with %s fails %j: %j', (_name, answer, failed) => {
  expect(failedOf(answer, [message('1'), message('2')]).map(({ MessageId }) => MessageId)).toEqual(failed);
});

test('works as many batches at once as the event source allows, and takes no more meanwhile', async () => {
  const running: (() => void)[] = [];
  const held = () => new Promise<Outcome>((resolve) => running.push(() => resolve({ ok: true, value: null })));
  const { queue, source } = setUp([[message('1')], [message('2')], [message('3')]], held, { batchSize: 1 });

  source.start();
  await settled();

  expect([running.length, queue.asked.length]).toEqual([2, 2]);
  running[0]();
  await settled();
  expect(running.length).toBe(3);
  for (const end of running) end();
  await source.stop();
  expect(queue.removed.toSorted()).toEqual(['1', '2', '3']);
});

test('gathers a batch within its window', async () => {
  const batches: number[] = [];
  const { queue, source } = setUp(
    [[message('1')], [message('2')], []],
    async (event) => {
      batches.push((event as { Records: unknown[] }).Records.length);
      return succeeds();
    },
    { batchSize: 12, windowMs: 0 },
  );

  source.start();
  await settled();
  await source.stop();

  expect(queue.asked.slice(0, 3)).toEqual([
    [12, 20],
    [11, 0],
    [10, 0],
  ]);
  expect(batches).toEqual([2]);
});

test('waits for more as long as the window is open', async () => {
  const { queue, source, pass } = setUp([[message('1')], [message('2')]], succeeds, { batchSize: 3, windowMs: 2_500 });
  const receive = queue.receive.bind(queue);
  queue.receive = async (...call) => {
    const messages = await receive(...call);
    if (messages.length > 0) pass(1_000);
    return messages;
  };

  source.start();
  await settled();
  await source.stop();

  // The first message opens the window.
  expect(queue.asked.slice(0, 2)).toEqual([
    [3, 20],
    [2, 2],
  ]);
});

test('asks again after a pause when the queue does not answer', async () => {
  const { queue, source, failures } = setUp([new Error('refused'), [message('1')]], succeeds);

  source.start();
  await settled();
  await source.stop();

  expect(failures).toEqual(['the queue must give messages, got Error: refused']);
  expect(queue.removed).toEqual(['1']);
});

test('works what it has taken before it stops', async () => {
  let end = () => {};
  const held = () => new Promise<Outcome>((resolve) => (end = () => resolve({ ok: true, value: null })));
  const { queue, source } = setUp([[message('1')]], held);
  source.start();
  await settled();

  const stopped = source.stop();
  end();
  await stopped;

  expect(queue.removed).toEqual(['1']);
});
