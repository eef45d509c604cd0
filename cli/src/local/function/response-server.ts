import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a custom resource answers CloudFormation with. */
export interface ResourceAnswer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly Data?: { readonly [name: string]: unknown };
}

/** Takes the answer of a custom resource, as CloudFormation does at a signed URL. */
export class ResponseServer {
  /** The last answer. */
  answer: ResourceAnswer | undefined;
  private readonly server: Server;

  constructor() {
    this.server = createServer((req, res) => {
      const parts: Buffer[] = [];
      req.on('data', (part: Buffer) => void parts.push(part));
      req.on('end', () => {
        this.answer = JSON.parse(Buffer.concat(parts).toString()) as ResourceAnswer;
        res.end();
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port: 0, host: '127.0.0.1' }, resolve);
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => {
      this.server.close(resolve);
    });
    this.server.closeAllConnections();
    await closed;
  }
}
