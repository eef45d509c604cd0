import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { Agent } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { pathOf, plainAddress } from 'plinth-runtime';
import { keyOf, type StageResource } from '../model/stage-model';
import type { BalancerModel } from '../model/balancers';
import { Misuse } from '../../command';
import { Reference } from '../../../../lib/assembly';
import { answer } from './answers';
import { forward } from './forward';
import { BalancedRequest } from './request-headers';
import { decide, type Decision } from './rules';
import { tunnel } from './tunnel';

/** Where a target group leads to. */
export interface Target {
  readonly port: number;
  readonly tls: boolean;
}

/** What the parts of the balancer share. */
export interface Balancing {
  readonly model: BalancerModel;
  /** Towards targets, whose certificates nobody signed: the load balancer checks none either. */
  readonly agent: Agent;
  readonly port: number;
}

const HOST = '127.0.0.1';

/** The load balancer: plain HTTP on loopback, by the rules of the template's listener. */
export class Balancer {
  private readonly server: Server;
  private readonly targets = new Map<string, Target>();
  private readonly agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  private readonly tunnels = new Set<Socket>();
  private listening = 0;

  constructor(
    private readonly model: BalancerModel,
    private readonly random: () => number = Math.random,
  ) {
    this.server = createServer({ keepAliveTimeout: model.idleTimeoutMs, requestTimeout: 0, insecureHTTPParser: false });
    this.server.on('request', (req: IncomingMessage, res: ServerResponse) => this.serve(req, res));
    this.server.on('upgrade', (req: IncomingMessage, socket: Socket, head: Buffer) => this.upgrade(req, socket, head));
    this.server.on('clientError', (_error: Error, socket: Socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      else socket.destroy();
    });
  }

  get url(): string {
    return `http://${HOST}:${this.listening}`;
  }

  /** Listens at once, so that a port in use is known before anything is started. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return reject(error);
        const why = error.code === 'EACCES' ? 'this user may not listen on it' : 'another process listens on it';
        return reject(new Misuse(`plinth local: port must be free, got ${port}, and ${why}; give another by --port or PORT`));
      });
      this.server.listen({ port, host: HOST }, resolve);
    });
    this.listening = (this.server.address() as AddressInfo).port;
  }

  /** Registers what a target group leads to. */
  register(targetGroup: StageResource, target: Target): void {
    this.targets.set(keyOf(targetGroup.reference), target);
  }

  /** Takes no more connections; what is in flight goes on. */
  letGo(): void {
    this.server.close();
    this.server.closeIdleConnections();
  }

  /** Cuts everything that is left. */
  destroy(): void {
    this.server.close();
    for (const socket of this.tunnels) socket.destroy();
    this.server.closeAllConnections();
    this.agent.destroy();
  }

  private get balancing(): Balancing {
    return { model: this.model, agent: this.agent, port: this.listening };
  }

  private serve(req: IncomingMessage, res: ServerResponse): void {
    const request = new BalancedRequest(req, this.balancing);
    for (const [name, value] of this.model.responseHeaders) res.setHeader(name, value);
    if (request.fault !== undefined) answer(res, 400, request.fault);
    else this.act(this.decide(request), res, (target) => forward(this.balancing, request, res, target));
  }

  private upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    this.tunnels.add(socket);
    socket.once('close', () => this.tunnels.delete(socket));
    const res = new ServerResponse(req);
    res.shouldKeepAlive = false;
    res.assignSocket(socket);
    res.once('finish', () => socket.destroySoon());
    const request = new BalancedRequest(req, this.balancing);
    if (request.fault !== undefined) answer(res, 400, request.fault);
    else this.act(this.decide(request), res, (target) => tunnel(this.balancing, request, { res, socket, head }, target));
  }

  private decide(request: BalancedRequest): Decision {
    const { req, head } = request;
    const target = req.url ?? '/';
    const path = pathOf(target);
    return decide(
      this.model.rules,
      {
        method: req.method ?? 'GET',
        host: req.headers.host ?? '',
        path,
        query: target.slice(path.length + 1),
        address: plainAddress(req.socket.remoteAddress),
        header: (name) => [req.headers[name.toLowerCase()] ?? (name.toLowerCase() === 'user-agent' ? head.userAgent : undefined)].flat()[0],
      },
      this.random,
    );
  }

  private act(decision: Decision, res: ServerResponse, send: (target: Target) => void): void {
    if (decision.kind === 'fixed') {
      answer(res, decision.status, decision.body, { 'Content-Type': decision.contentType });
    } else if (decision.kind === 'redirect') {
      answer(res, decision.status, '', { Location: decision.location });
    } else if (decision.kind === 'unknown') {
      answer(res, 501, `nothing local stands for the action ${decision.type} of a listener's rule`);
    } else {
      const { targetGroup } = decision;
      const target = targetGroup instanceof Reference ? this.targets.get(keyOf(targetGroup)) : undefined;
      if (target) send(target);
      else answer(res, 503, 'the target group has no target');
    }
  }
}
