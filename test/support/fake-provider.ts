import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProviderRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly model: string; readonly input?: readonly string[]; readonly [field: string]: unknown };
}

/** What becomes of one request. */
export type Behaviour = (response: ServerResponse, request: ProviderRequest) => void;

/** A vector that tells texts apart. */
export function fakeVector(text: string, dimensions: number): number[] {
  return Array.from({ length: dimensions }, (_none, index) => Math.fround(Math.sin((index + 1) * (1 + Buffer.from(text).readUInt8(0)))));
}

export function answers(body: unknown, status = 200, headers: Record<string, string> = {}): Behaviour {
  return (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export const fails = (status: number, headers: Record<string, string> = {}): Behaviour =>
  answers({ error: { message: 'You sent: secret text with sk-secret', type: 'server_error', code: null } }, status, headers);

export const embeds =
  (dimensions: number): Behaviour =>
  (response, request) => {
    const input = request.body.input ?? [];
    // Out of order, as the interface allows.
    const data = input.map((text, index) => ({ object: 'embedding', index, embedding: fakeVector(text, dimensions) })).toReversed();
    answers({ object: 'list', data, model: request.body.model, usage: { prompt_tokens: input.length * 7, total_tokens: 0 } })(
      response,
      request,
    );
  };

export const hangs: Behaviour = () => {};
export const resets: Behaviour = (response) => response.socket?.resetAndDestroy();

/** A provider on the loopback address that does as it is told, request by request, and well when it is told nothing. */
export class FakeProvider {
  readonly requests: ProviderRequest[] = [];
  private readonly next: Behaviour[] = [];
  private waiting: { count: number; resolve: () => void }[] = [];

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private usual: Behaviour,
  ) {}

  static async start(dimensions: number): Promise<FakeProvider> {
    const server = createServer();
    const provider = new FakeProvider(server, embeds(dimensions));
    server.on('request', (message, response) => void provider.serve(message, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** The next requests, in this order. */
  plan(...behaviours: Behaviour[]): void {
    this.next.push(...behaviours);
  }

  /** All requests that nothing is planned for. */
  always(behaviour: Behaviour): void {
    this.usual = behaviour;
  }

  /** Resolves when so many requests have arrived in all. */
  received(count: number): Promise<void> {
    if (this.requests.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ count, resolve }));
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as ProviderRequest['body'];
    const request = { path: message.url ?? '', headers: message.headers, body };
    this.requests.push(request);
    for (const { resolve } of this.waiting.filter(({ count }) => count <= this.requests.length)) resolve();
    this.waiting = this.waiting.filter(({ count }) => count > this.requests.length);
    (this.next.shift() ?? this.usual)(response, request);
  }
}
