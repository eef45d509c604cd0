import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, Server as TlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { type Answer, SafeFetch, type SafeFetchError, type SafeFetchOptions } from '../../../runtime/src/safe-fetch';
import type { Wire } from '../../../runtime/src/safe-fetch/open-socket';
import { errorOf } from '../../support/error-of';

/** An address of the internet that nothing here ever sends to: the test's wire leads it to loopback. */
export const PUBLIC = '93.184.216.34';
export const OTHER_PUBLIC = '2606:2800:220:1::1';
export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

export const names =
  (hosts: Record<string, readonly string[]>, ttl = 60) =>
  (host: string): Promise<readonly Answer[]> =>
    hosts[host] ? Promise.resolve(hosts[host].map((address) => ({ address, ttl }))) : Promise.reject(new Error(`unknown ${host}`));

const running: { close(): Promise<void> }[] = [];

/** Ends everything a test has started. */
export async function closeAll(): Promise<void> {
  await Promise.all(running.splice(0).map((one) => one.close()));
}

export class Receiver {
  /** What came over each connection, in the order in which they came. */
  readonly requests: string[] = [];
  readonly sockets: Socket[] = [];
  private readonly raw = new Set<Socket>();

  constructor(
    private readonly server: Server,
    onRequest: (socket: Socket, request: string) => void,
  ) {
    server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        const request = chunk.toString('latin1');
        this.requests.push(request);
        onRequest(socket, request);
      });
    });
    server.on('connection', (socket: Socket) => this.raw.add(socket));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  onConnection(then: (socket: Socket) => void): void {
    this.server.on('connection', then);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.raw) socket.destroy();
    await closed;
  }
}

/** A server that says what it is told to whenever something comes. */
export async function receiver(answer: string | ((socket: Socket, request: string) => void), tls?: TlsOptions): Promise<Receiver> {
  const server = tls ? createTlsServer(tls).on('tlsClientError', () => {}) : createServer();
  const started = new Receiver(server, typeof answer === 'string' ? (socket) => socket.write(answer) : answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push(started);
  return started;
}

interface Sent {
  readonly timeoutMs?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A SafeFetch with all its checks, whose wire leads to a port of this machine; `dialled` is what it would have dialled. */
export function safeFetch(port: number, options: SafeFetchOptions = {}, wire: Wire = {}) {
  const dialled: string[] = [];
  const dial = ({ host }: { readonly host: string }) => {
    dialled.push(host);
    return { host: '127.0.0.1', port };
  };
  const made = new SafeFetch({ allowHttp: true, resolve: names({ 'example.com': [PUBLIC] }), ...options }, { dial, ...wire });
  running.push(made);
  const post = (url = 'http://example.com/hook', { timeoutMs = 5_000, headers, body = '{}' }: Sent = {}) =>
    made.post({ url, headers, body, timeoutMs });
  const failure = (url?: string, more?: Sent) => errorOf<SafeFetchError>(post(url, more));
  return { safeFetch: made, post, failure, dialled };
}

export interface Pems {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for `name` that stands for itself. */
export async function certificate(name: string, notAfterDate = new Date(Date.now() + 86_400_000)): Promise<Pems> {
  const pems = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 2 * 86_400_000),
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  });
  return { key: pems.private, cert: pems.cert };
}
