import { gzipSync } from 'node:zlib';
import { copyErrors, type Rejection } from '../../../lambda/error-log/copy-errors';
import { streamName } from '../../../lambda/error-log/stream-name';
import { decodeMessage, type LogEvent } from '../../../lambda/error-log/subscription-message';

const message = {
  messageType: 'DATA_MESSAGE',
  logGroup: '/service/app',
  logStream: 'app/app/0123',
  logEvents: [{ id: '1', timestamp: 1_700_000_000_000, message: '{"level":"error"}' }],
};

const pack = (content: object) => gzipSync(JSON.stringify(content)).toString('base64');

async function copy(change: object = {}, rejection?: Rejection) {
  const written: { stream: string; batch: readonly LogEvent[] }[] = [];
  const reported: [string, Rejection][] = [];
  const errorLog = {
    write: async (stream: string, batch: readonly LogEvent[]) => {
      written.push({ stream, batch });
      return rejection;
    },
  };
  await copyErrors(decodeMessage(pack({ ...message, ...change })), errorLog, (...report) => reported.push(report));
  return { written, reported };
}

test('writes the lines of a gzipped message with their timestamps', async () => {
  expect((await copy()).written[0].batch).toMatchObject([{ timestamp: 1_700_000_000_000, message: '{"level":"error"}' }]);
});

test('writes to the stream of the source', async () => {
  expect((await copy()).written[0].stream).toBe('service/app/app/app/0123');
});

test('writes nothing for a control message', async () => {
  expect((await copy({ messageType: 'CONTROL_MESSAGE' })).written).toEqual([]);
});

test('refuses a message of an unknown type', async () => {
  await expect(copy({ messageType: 'OTHER' })).rejects.toThrow('messageType must be DATA_MESSAGE or CONTROL_MESSAGE, got OTHER');
});

test('refuses what is not gzipped', () => {
  expect(() => decodeMessage(Buffer.from('plain text').toString('base64'))).toThrow('incorrect header check');
});

test('writes a large message in several batches', async () => {
  const logEvents = Array.from({ length: 10_001 }, (_, timestamp) => ({ timestamp, message: 'x' }));
  expect((await copy({ logEvents })).written.map(({ batch }) => batch.length)).toEqual([10_000, 1]);
});

test('reports what the error log refused', async () => {
  const rejection = { tooOld: 1, tooNew: 0, expired: 0 };
  expect((await copy({}, rejection)).reported).toEqual([['service/app/app/app/0123', rejection]]);
});

test('throws when the error log fails, so that the message comes again', async () => {
  const errorLog = { write: async () => Promise.reject(new Error('throttled')) };
  await expect(copyErrors(message, errorLog, () => {})).rejects.toThrow('throttled');
});

test('replaces in a stream name what CloudWatch Logs refuses', () => {
  expect(streamName('/aws/group', 'a:b*c')).toBe('aws/group/a_b_c');
});

test('cuts a long stream name to 512 characters', () => {
  expect(streamName('g'.repeat(512), 's')).toHaveLength(512);
});

test('keeps long stream names apart', () => {
  expect(streamName('g'.repeat(512), 's')).not.toBe(streamName('g'.repeat(512), 't'));
});
