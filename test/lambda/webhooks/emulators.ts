import { createHash } from 'node:crypto';
import * as http from 'node:http';
import { buffer, json } from 'node:stream/consumers';
import { listen } from '../deployment-test-traffic/local-server';

export interface SentMessage {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly DelaySeconds: number;
}

/** Queues that take every message. */
export async function queues() {
  const sent: SentMessage[] = [];
  const server = http.createServer((request, response) => {
    void json(request).then((command) => {
      const message = command as SentMessage;
      sent.push(message);
      const MD5OfMessageBody = createHash('md5').update(message.MessageBody).digest('hex');
      response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify({ MessageId: 'm', MD5OfMessageBody }));
    });
  });
  return { sent, url: `http://127.0.0.1:${await listen(server)}` };
}

/** Keys that wrap a data key by writing it down. */
export async function keyService() {
  const server = http.createServer((request, response) => {
    void json(request).then((command) => {
      const { CiphertextBlob = Buffer.alloc(32, 9).toString('base64'), EncryptionContext } = command as Record<string, unknown>;
      const isOurs = JSON.stringify(EncryptionContext) === '{"plinth:use":"webhooks"}';
      response.statusCode = isOurs ? 200 : 400;
      response.end(JSON.stringify(isOurs ? { Plaintext: CiphertextBlob, CiphertextBlob } : { __type: 'AccessDeniedException' }));
    });
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

export interface Received {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A receiver that answers 200. */
export async function receiver() {
  const got: Received[] = [];
  const server = http.createServer((request, response) => {
    void buffer(request).then((body) => {
      got.push({ path: request.url ?? '', headers: request.headers, body });
      response.end('thanks');
    });
  });
  return { got, url: `http://127.0.0.1:${await listen(server)}` };
}
