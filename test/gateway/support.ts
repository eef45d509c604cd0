import { createServer, type IncomingMessage, type RequestListener, request as requestHttp, type Server } from 'node:http';
import { Agent, request as requestHttps, type RequestOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { type AccessEntry, createLogger, type RouteLimits } from 'plinth-runtime';
import { type Certificate, makeCertificate } from '../../gateway/certificate';
import type { GatewayConfig } from '../../gateway/config';
import { type GatewayOptions, GatewayServer } from '../../gateway/server';
import type { Timeouts } from '../../gateway/state';

export const KIB = 1024;
export const MIB = 1024 * KIB;

export const ROUTES: RouteLimits[] = [
  { path: '/api/chat/*', class: 'long-polling', deadlineMs: 120_000, maxBodyBytes: 64 * KIB },
  { path: '/api/files/*', class: 'upload', deadlineMs: 30_000, maxBodyBytes: 10 * MIB },
  { path: '/api/large/*', class: 'large', deadlineMs: 60_000, maxBodyBytes: 128 * MIB },
  { path: '/api/brief/*', class: 'brief', deadlineMs: 150, maxBodyBytes: 64 * KIB },
  { path: '/*', class: 'api', deadlineMs: 30_000, maxBodyBytes: 64 * KIB },
];

export function configFor(appPort: number, change: Partial<GatewayConfig> = {}): GatewayConfig {
  return {
    service: 'test-api',
    listen: { port: 0, tls: true },
    app: { port: appPort, livePath: '/live', readyPath: '/ready' },
    keepAliveMs: 65_000,
    routes: ROUTES,
    drain: { graceMs: 100, timeoutMs: 5_000 },
    ...change,
  };
}

/** An app on loopback; closing it cuts what is open. */
export class App {
  readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(listener: RequestListener) {
    this.server = createServer({ keepAliveTimeout: 60_000 }, listener);
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return portOf(this.server);
  }

  /** Resolves when a connection to the app is closed. */
  closed(socket: Socket): Promise<void> {
    return new Promise((resolve) => {
      if (this.sockets.has(socket)) socket.once('close', () => resolve());
      else resolve();
    });
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function portOf(server: Server): number {
  const address = server.address() as AddressInfo;
  return address.port;
}

type Platform = Pick<GatewayOptions, 'access' | 'platformApi'>;

let certificate: Promise<Certificate> | undefined;

/** A gateway in this process, TLS on, before an app; what it recorded stands in `entries`. */
export class Rig {
  readonly entries: AccessEntry[] = [];
  readonly logged: string[] = [];
  app!: App;
  gateway!: GatewayServer;
  port = 0;
  private waiting: (() => void)[] = [];

  static async start(
    listener: RequestListener,
    timeouts: Partial<Timeouts> = {},
    change: Partial<GatewayConfig> = {},
    platform: Platform = {},
  ): Promise<Rig> {
    const rig = new Rig();
    rig.app = new App(listener);
    await rig.open(await rig.app.listen(), timeouts, change, platform);
    return rig;
  }

  async open(appPort: number, timeouts: Partial<Timeouts>, change: Partial<GatewayConfig>, platform: Platform = {}): Promise<void> {
    certificate ??= makeCertificate();
    this.gateway = new GatewayServer({
      config: configFor(appPort, change),
      certificate: await certificate,
      logger: createLogger({ service: 'test-api', write: (line) => this.logged.push(line) }),
      record: (entry) => {
        this.entries.push(entry);
        for (const wake of this.waiting.splice(0)) wake();
      },
      ...platform,
      timeouts: { lingerMs: 200, ...timeouts },
    });
    this.port = await this.gateway.listen(0, '127.0.0.1');
  }

  /** The next `count` finished requests, those before included. */
  async recorded(count: number): Promise<AccessEntry[]> {
    while (this.entries.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.entries;
  }

  call(options: RequestOptions & { body?: Buffer | string }): Promise<Answer> {
    return call(this.port, options);
  }

  /** Sends bytes as they are; resolves with all that came back once the gateway closed the connection. */
  raw(...parts: string[]): Promise<string> {
    return raw(this.port, parts);
  }

  async close(): Promise<void> {
    this.gateway.destroy();
    await Promise.all([this.gateway.close(), this.app.close()]);
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export function open(port: number, options: RequestOptions) {
  return requestHttps({ host: '127.0.0.1', port, rejectUnauthorized: false, agent: false, ...options });
}

export function call(port: number, { body, ...options }: RequestOptions & { body?: Buffer | string }): Promise<Answer> {
  return answerOf(open(port, options), body);
}

export function callPlain(port: number, path: string): Promise<Answer> {
  return answerOf(requestHttp({ host: '127.0.0.1', port, path, agent: false }));
}

export function answerOf(request: ReturnType<typeof requestHttp>, body?: Buffer | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let answered = false;
    request.on('response', (response) => {
      answered = true;
      resolve(readAll(response));
    });
    // A refusal may come while the body is still being sent.
    request.on('error', (error) => (answered ? undefined : reject(error)));
    request.end(body);
  });
}

export async function readAll(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

export function tlsTo(port: number, options: ConnectionOptions = {}): TLSSocket {
  return connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
}

export function raw(port: number, parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = tlsTo(port);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    for (const part of parts) socket.write(part, 'latin1');
  });
}

export const keepAliveAgent = () => new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });

/** The JSON body of a problem answer. */
export function problemIn(answer: Answer): Record<string, unknown> {
  const parsed: unknown = JSON.parse(answer.body.toString());
  return parsed as Record<string, unknown>;
}

export function event<T>(): { readonly happened: Promise<T>; readonly happen: (value: T) => void } {
  let happen: (value: T) => void = () => {};
  const happened = new Promise<T>((resolve) => (happen = resolve));
  return { happened, happen };
}
