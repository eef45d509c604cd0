import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { PROBLEMS } from 'plinth-runtime';
import { admit } from './access';
import type { Certificate } from './certificate';
import { Exchange } from './exchange';
import { Health } from './health';
import { refuseUnparsed } from './parse-failure';
import { forward } from './proxy';
import { type GatewayState, makeState, MAX_CONNECTIONS, type StateOptions } from './state';
import { upgrade } from './upgrade';

const REFUSED_METHODS = new Set(['TRACE', 'CONNECT']);

export type GatewayOptions = StateOptions & {
  /** None: plain HTTP, for hosting on loopback. */
  readonly certificate?: Certificate;
};

/** The server that faces the load balancer. */
export class GatewayServer {
  readonly state: GatewayState;
  private readonly server: Server;
  private readonly health: Health;

  constructor(options: GatewayOptions) {
    this.state = makeState(options);
    this.health = new Health(this.state);
    this.server = this.makeServer(options.certificate);
    this.server.on('request', (req: IncomingMessage, res: ServerResponse) => this.serve(req, res));
    this.server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => this.serve(req, res, () => res.writeContinue()));
    this.server.on('upgrade', (req: IncomingMessage, socket: Socket, head: Buffer) => upgrade(this.state, req, socket, head));
    this.server.on('connect', (req: IncomingMessage, socket: Socket, head: Buffer) => upgrade(this.state, req, socket, head));
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseUnparsed(this.state, error, socket));
    this.server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
    this.server.on('drop', () => this.state.logger.error('connection refused: too many', { connections: MAX_CONNECTIONS }));
  }

  /** Listens; tells the port. */
  listen(port: number, host?: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port, host }, () => {
        const address = this.server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Takes no more connections; resolves when the last one is gone. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
    });
  }

  /** Cuts everything that is left. */
  destroy(): void {
    for (const tunnel of this.state.tunnels) tunnel.destroy();
    this.server.closeAllConnections();
    this.state.connections.destroy();
  }

  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  private makeServer(certificate: Certificate | undefined): Server {
    const { config, timeouts } = this.state;
    const strict = {
      insecureHTTPParser: false,
      // Checked in our own head reader, which also refuses two of them.
      requireHostHeader: false,
      headersTimeout: timeouts.headersMs,
      // The route's deadline bounds the whole request.
      requestTimeout: 0,
      connectionsCheckingInterval: timeouts.checkMs,
      keepAliveTimeout: config.keepAliveMs,
      noDelay: true,
    };
    const server =
      certificate === undefined
        ? createHttpServer(strict)
        : createHttpsServer({ ...strict, ...certificate, minVersion: 'TLSv1.2', handshakeTimeout: timeouts.headersMs });
    server.maxConnections = MAX_CONNECTIONS;
    return server;
  }

  private serve(req: IncomingMessage, res: ServerResponse, sendContinue?: () => void): void {
    const exchange = new Exchange(this.state, req, res);
    if (exchange.fault !== undefined) exchange.refuse(PROBLEMS.badRequest, exchange.fault);
    else if (REFUSED_METHODS.has(req.method ?? '')) exchange.refuse(PROBLEMS.methodRefused);
    else if (!this.health.answer(exchange)) {
      admit(this.state, exchange, () => {
        if (!this.state.platformApi?.answer(exchange)) forward(this.state, exchange);
        if (exchange.isWaiting) sendContinue?.();
      });
    }
  }
}
