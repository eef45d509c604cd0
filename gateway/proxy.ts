import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { PROBLEMS, readResponseHead } from 'plinth-runtime';
import { AppSocket } from './app-connections';
import { appFailure, appHeaders } from './app-request';
import type { Exchange } from './exchange';
import type { GatewayState } from './state';

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const LOST = new Set(['ECONNRESET', 'EPIPE']);
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE']);

/** Hands a request to the app and streams both ways. */
export function forward(state: GatewayState, exchange: Exchange): void {
  const { head, route } = exchange;
  if (head.contentLength !== undefined && head.contentLength > route.maxBodyBytes) {
    exchange.refuse(PROBLEMS.bodyTooLarge);
    return;
  }
  new Forwarding(state, exchange).send();
}

class Forwarding {
  private readonly headers: string[];
  private readonly hasBody: boolean;
  private upstream!: ClientRequest;
  private answered = false;
  /** Whether both messages passed whole, so that the connection may be used again. */
  private complete = false;
  private retried = false;

  constructor(
    private readonly state: GatewayState,
    private readonly exchange: Exchange,
  ) {
    const { head, req } = exchange;
    this.headers = appHeaders(state, exchange);
    this.hasBody = head.chunked || (head.contentLength ?? 0) > 0;
    if (head.chunked) this.headers.push('Transfer-Encoding', 'chunked');
    else if (this.hasBody) this.headers.push('Content-Length', String(head.contentLength));
    else if (!BODILESS.has(req.method ?? '')) this.headers.push('Content-Length', '0');
    exchange.stopApp = () => this.stop();
  }

  send(): void {
    const { exchange, state } = this;
    const upstream = request({
      agent: state.connections,
      method: exchange.req.method,
      path: exchange.req.url,
      headers: this.headers,
    });
    this.upstream = upstream;
    upstream.on('response', (answer) => this.relay(answer));
    upstream.on('error', (error: NodeJS.ErrnoException) => this.failed(error));
    if (this.hasBody) this.sendBody(upstream);
    else upstream.end();
  }

  private sendBody(upstream: ClientRequest): void {
    const { exchange } = this;
    const { req, route } = exchange;
    req.on('data', (chunk: Buffer) => {
      exchange.requestBytes += chunk.length;
      this.state.passed(chunk.length);
      if (exchange.requestBytes > route.maxBodyBytes) exchange.cut(PROBLEMS.bodyTooLarge);
      else if (!upstream.write(chunk)) req.pause();
    });
    req.on('end', () => upstream.end());
    upstream.on('drain', () => req.resume());
  }

  private relay(answer: IncomingMessage): void {
    const { exchange, upstream } = this;
    const { res } = exchange;
    this.answered = true;
    if (!exchange.isWaiting) {
      answer.destroy();
      return;
    }
    const head = readResponseHead(answer.rawHeaders);
    const { socket } = answer;
    if (head.keepAliveSeconds !== undefined && socket instanceof AppSocket) socket.keptForMs = head.keepAliveSeconds * 1_000;
    try {
      exchange.begin(answer.statusCode ?? 0, head.kept, head.isEventStream);
    } catch (error) {
      this.state.logger.error('the app sent a head that cannot be passed on', { requestId: exchange.requestId, reason: String(error) });
      exchange.cut(PROBLEMS.appBrokeOff);
      return;
    }
    // Headers usually travel with the first bytes of the body; a body without a length may not begin for a while.
    if (head.contentLength === undefined) res.flushHeaders();
    answer.on('data', (chunk: Buffer) => {
      exchange.responseBytes += chunk.length;
      this.state.passed(chunk.length);
      // The last bytes and the end in one write: for most answers there is no other.
      if (exchange.responseBytes === head.contentLength) res.end(chunk);
      else if (!res.write(chunk)) {
        answer.pause();
        res.once('drain', () => answer.resume());
      }
    });
    answer.on('end', () => {
      this.complete = upstream.writableFinished;
      res.end();
    });
    answer.on('error', () => exchange.cut(PROBLEMS.appBrokeOff));
  }

  private failed(error: NodeJS.ErrnoException): void {
    if (this.answered || !this.exchange.isWaiting) return;
    if (this.mayRetry(error)) {
      this.retried = true;
      this.send();
      return;
    }
    this.exchange.cut(appFailure(error));
  }

  // A kept connection that the app was closing when the request was written: the app never saw the request.
  private mayRetry(error: NodeJS.ErrnoException): boolean {
    const { upstream } = this;
    if (this.retried || this.hasBody || !upstream.reusedSocket || !LOST.has(error.code ?? '')) return false;
    const { socket } = upstream;
    const answerBegan = socket instanceof AppSocket && socket.bytesRead > socket.receivedBefore;
    return IDEMPOTENT.has(this.exchange.req.method ?? '') && !answerBegan;
  }

  private stop(): void {
    if (!this.complete) this.upstream.destroy();
  }
}
