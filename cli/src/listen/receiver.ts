import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MemorySeenStore, WebhookVerificationError, WebhookVerifier } from 'plinth-runtime/signing';

/** A post that came, and what was made of it. */
export interface Arrival {
  readonly id: string;
  /** `verified`, or why it was refused. */
  readonly verdict: string;
  readonly body: string;
}

const MOST_BYTES = 1024 * 1024;

/** A receiver of webhooks on this machine: it takes what is signed with the secret, once, and refuses the rest. */
export class Receiver {
  private readonly server: Server;
  private verifier: WebhookVerifier | undefined;

  constructor(private readonly tell: (arrival: Arrival) => void) {
    // What broke off has nobody to answer; anything else is to come again.
    this.server = createServer((req, res) => void this.receive(req, res).catch(() => res.writeHead(500).end()));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async start(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening').catch((error: Error) => {
      throw new Error(`--port must be free, got ${port} (${error.message}); leave it out for a free one`);
    });
  }

  /** Until then nothing can be verified, and every post is to come again. */
  trust(secret: string): void {
    this.verifier = new WebhookVerifier({ secrets: [secret], seen: new MemorySeenStore({ clock: Date }) });
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of req) {
      bytes += (part as Buffer).length;
      if (bytes > MOST_BYTES) return void res.writeHead(413, { connection: 'close' }).end();
      parts.push(part as Buffer);
    }
    const body = Buffer.concat(parts);
    const status = await this.judge(req, body);
    res.writeHead(status).end();
  }

  private async judge(req: IncomingMessage, body: Buffer): Promise<number> {
    if (this.verifier === undefined) return 503;
    const id = String(req.headers['webhook-id'] ?? '-');
    try {
      await this.verifier.verify(req.headers, body);
      this.tell({ id, verdict: 'verified', body: body.toString() });
      return 204;
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      this.tell({ id, verdict: error.code, body: body.toString() });
      // A copy was taken before.
      return error.code === 'duplicate' ? 204 : 401;
    }
  }
}
