import {
  CloudWatchLogsClient,
  type RejectedLogEventsInfo,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { CloudWatchErrorLog } from '../../../lambda/error-log/error-log-cloudwatch';

const missing = () => new ResourceNotFoundException({ message: 'no such stream', $metadata: {} });
const exists = () => new ResourceAlreadyExistsException({ message: 'the stream exists', $metadata: {} });
const batch = [
  { timestamp: 1, message: 'a' },
  { timestamp: 2, message: 'b' },
  { timestamp: 3, message: 'c' },
];

interface Group {
  hasStream?: boolean;
  onCreate?: () => void;
  onPut?: () => void;
  rejected?: RejectedLogEventsInfo;
}

/** A client that answers like a log group before anything is sent. */
function errorLog({ hasStream = false, onCreate, onPut, rejected }: Group) {
  const calls: object[] = [];
  let found = hasStream;
  const client = new CloudWatchLogsClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    (_next, { commandName }) =>
      async ({ input }) => {
        calls.push(input);
        if (commandName === 'CreateLogStreamCommand') {
          found = true;
          onCreate?.();
        } else {
          onPut?.();
          if (!found) throw missing();
        }
        return { output: { $metadata: {}, rejectedLogEventsInfo: rejected }, response: undefined };
      },
    { step: 'initialize' },
  );
  return { calls, log: new CloudWatchErrorLog(client, 'errors') };
}

const failWith = (error: Error) => () => {
  throw error;
};

test('writes to a stream that exists at once', async () => {
  const { calls, log } = errorLog({ hasStream: true });
  await log.write('app', batch);
  expect(calls).toEqual([{ logGroupName: 'errors', logStreamName: 'app', logEvents: batch }]);
});

test('makes a missing stream and writes again', async () => {
  const { calls, log } = errorLog({});
  await log.write('app', batch);
  expect(calls.slice(1)).toEqual([
    { logGroupName: 'errors', logStreamName: 'app' },
    { logGroupName: 'errors', logStreamName: 'app', logEvents: batch },
  ]);
});

test('writes though another made the stream first', async () => {
  const { calls, log } = errorLog({ onCreate: failWith(exists()) });
  await log.write('app', batch);
  expect(calls).toHaveLength(3);
});

test('throws when the stream cannot be made', async () => {
  const { log } = errorLog({ onCreate: failWith(new Error('access denied')) });
  await expect(log.write('app', batch)).rejects.toThrow('access denied');
});

test('throws when writing fails otherwise', async () => {
  const { log } = errorLog({ onPut: failWith(new Error('throttled')) });
  await expect(log.write('app', batch)).rejects.toThrow('throttled');
});

test('reports nothing when everything was accepted', async () => {
  expect(await errorLog({ hasStream: true }).log.write('app', batch)).toBeUndefined();
});

test.each([
  [{ tooOldLogEventEndIndex: 2 }, { tooOld: 2, tooNew: 0, expired: 0 }],
  [{ tooNewLogEventStartIndex: 1 }, { tooOld: 0, tooNew: 2, expired: 0 }],
  [{ expiredLogEventEndIndex: 1 }, { tooOld: 0, tooNew: 0, expired: 1 }],
])('counts the events of %j', async (rejected, expected) => {
  expect(await errorLog({ hasStream: true, rejected }).log.write('app', batch)).toEqual(expected);
});
