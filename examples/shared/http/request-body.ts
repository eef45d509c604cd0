import type { IncomingMessage } from 'node:http';
import { CONDITIONS, RequestProblem } from './problems';
import { JsonFault, parseStrictly } from './strict-json';

/** What a route takes that asks for no more: as much as a plain route of the gateway and the firewall. */
const MAX_BODY_BYTES = 64 * 1024;

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** The bytes of a request's body, which says that they are JSON; none where there is no body. */
export async function readBody(request: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<Buffer> {
  const { 'content-type': type, 'content-encoding': encoding, 'content-length': length } = request.headers;
  if (length === undefined ? request.headers['transfer-encoding'] === undefined : Number(length) === 0) return Buffer.alloc(0);
  if (!JSON_TYPE.test(type ?? '')) {
    throw new RequestProblem(CONDITIONS.mediaType, `Content-Type must be application/json, got ${shown(type)}`);
  }
  if (encoding !== undefined && encoding !== 'identity') {
    throw new RequestProblem(CONDITIONS.mediaType, `Content-Encoding must be left out, got ${shown(encoding)}`);
  }
  return readBytes(request, length, maxBytes);
}

async function readBytes(request: IncomingMessage, length: string | undefined, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new RequestProblem(CONDITIONS.bodyTooLarge, `the body must have at most ${maxBytes} bytes`);
  if (Number(length) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) reject(tooLarge());
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(new RequestProblem(CONDITIONS.malformed, 'the body broke off')));
  });
}

/** JSON out of bytes. */
export function parseJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RequestProblem(CONDITIONS.malformed, 'the body must be UTF-8, got other bytes');
  }
  try {
    return parseStrictly(text);
  } catch (error) {
    if (error instanceof JsonFault) throw new RequestProblem(CONDITIONS.malformed, error.message);
    throw error;
  }
}

function shown(value: string | undefined): string {
  return value === undefined ? 'nothing' : value.slice(0, 80);
}
