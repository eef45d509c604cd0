import * as http from 'node:http';
import { json } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { handler as Handler } from '../../../lambda/error-log/handler';
import { closeServers, listen } from '../deployment-test-traffic/local-server';

const message = {
  messageType: 'DATA_MESSAGE',
  logGroup: '/service/app',
  logStream: 'task',
  logEvents: [{ id: '1', timestamp: 7, message: 'failed' }],
};
const event = { awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } };

afterAll(closeServers);

test('writes the lines of an event to the error log group', async () => {
  const received: unknown[] = [];
  const server = http.createServer((request, response) => {
    void json(request).then((body) => {
      received.push(body);
      response.setHeader('content-type', 'application/x-amz-json-1.1').end('{}');
    });
  });
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: `http://127.0.0.1:${await listen(server)}`,
    ERROR_LOG_GROUP: '/service/errors',
  });
  // Loaded here because it reads its environment while loading.
  const { handler } = jest.requireActual<{ handler: typeof Handler }>('../../../lambda/error-log/handler');
  await handler(event);
  expect(received).toEqual([
    { logGroupName: '/service/errors', logStreamName: 'service/app/task', logEvents: [{ timestamp: 7, message: 'failed' }] },
  ]);
});
