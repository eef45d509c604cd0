import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  pathOf,
  plainAddress,
  type Problem,
  PROBLEM_CONTENT_TYPE,
  problemBody,
  PROBLEMS,
  readRequestHead,
  type RequestHead,
  requestIdOf,
  type RouteLimits,
  targetFault,
  type TraceContext,
  traceContextOf,
} from 'plinth-runtime';
import type { Principal } from 'plinth-runtime/access';
import { accessEntry } from './access-log';
import type { GatewayState } from './state';

/** One request and its answer: limits, ids, what was counted, and the one line it leaves in the log. */
export class Exchange {
  readonly head: RequestHead;
  readonly path: string;
  readonly route: RouteLimits;
  readonly requestId: string;
  readonly trace: TraceContext;
  readonly peer: string;
  /** Why the request is not forwarded, or nothing. */
  readonly fault: string | undefined;
  readonly deadlineAt: number;
  /** Where it stands among the requests under way. */
  place = 0;
  requestBytes = 0;
  responseBytes = 0;
  outcome = 'ok';
  isStream = false;
  isUpgraded = false;
  routeClass: string;
  measured = true;
  /** Who asks, once the key was found good. */
  principal: Principal | undefined;
  failedKey = false;
  /** Stops what runs towards the app. */
  stopApp: () => void = () => {};
  readonly startedAt = performance.now();
  /** When the answer's headers were given; 0 before. */
  answeredAt = 0;
  private settled = false;
  private discarding = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly state: GatewayState,
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
  ) {
    const target = req.url ?? '';
    this.head = readRequestHead(req.rawHeaders, req.httpVersion);
    this.path = pathOf(target);
    this.route = state.routes.match(this.path);
    this.routeClass = this.route.class;
    this.fault = this.head.fault ?? targetFault(target);
    this.requestId = requestIdOf(this.head.requestId, state.ids);
    this.trace = traceContextOf(this.head.traceparent, this.head.amznTraceId, state.ids);
    this.peer = plainAddress(req.socket.remoteAddress);
    this.deadlineAt = Date.now() + this.route.deadlineMs;
    this.timer = setTimeout(() => this.cut(PROBLEMS.deadline), this.route.deadlineMs);
    state.exchanges.add(this);
    res.once('close', () => this.settle());
    req.on('error', () => this.clientGone());
  }

  get isWaiting(): boolean {
    return !this.settled && !this.isUpgraded && !this.res.headersSent;
  }

  /** The connection is a tunnel from here on. */
  upgraded(): void {
    clearTimeout(this.timer);
    this.answeredAt = performance.now();
    this.isStream = true;
    this.isUpgraded = true;
  }

  /** Begins the answer; the deadline of a stream ends here. */
  begin(status: number, headers: string[], isStream: boolean): void {
    headers.push('x-request-id', this.requestId);
    if (this.state.draining) headers.push('Connection', 'close');
    this.res.writeHead(status, headers);
    this.answeredAt = performance.now();
    this.isStream = isStream;
    if (isStream) clearTimeout(this.timer);
  }

  /** Answers a problem in the app's stead; whatever the client still sends is thrown away. */
  refuse(problem: Problem, detail?: string): void {
    if (!this.isWaiting) return;
    this.outcome = problem.code;
    this.stopApp();
    this.discardRest();
    const body = problemBody(problem, this.requestId, detail);
    const headers = ['Content-Type', PROBLEM_CONTENT_TYPE, 'Content-Length', String(Buffer.byteLength(body)), 'Cache-Control', 'no-store'];
    if (problem.retryAfterSeconds !== undefined) headers.push('Retry-After', String(problem.retryAfterSeconds));
    if (problem.challenge !== undefined) headers.push('WWW-Authenticate', problem.challenge);
    // After a message that could be read in two ways, nothing on this connection can be trusted.
    if (problem.status === 400 && !this.state.draining) headers.push('Connection', 'close');
    this.begin(problem.status, headers, false);
    if (this.req.method !== 'HEAD') this.responseBytes = Buffer.byteLength(body);
    this.res.end(body);
  }

  /** Ends the request for a reason: a problem while nothing was answered, else a cut connection, never a clean end. */
  cut(problem: Problem): void {
    if (this.settled) return;
    if (this.isWaiting) {
      this.refuse(problem);
      return;
    }
    this.outcome = problem.code;
    this.res.destroy();
  }

  clientGone(): void {
    if (this.settled) return;
    if (this.outcome === 'ok') this.outcome = 'client-closed';
    this.settle();
    this.res.destroy();
  }

  /** Everything is over: counted and logged once. */
  settle(): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    if (!this.isUpgraded && !this.res.writableFinished && this.outcome === 'ok') this.outcome = 'client-closed';
    this.stopApp();
    this.state.exchanges.remove(this);
    this.discardRest();
    this.state.record(accessEntry(this, performance.now()));
  }

  /** Lets the client finish sending, so that it reads its answer rather than a reset; not for ever. */
  private discardRest(): void {
    const { req } = this;
    if (req.complete || req.destroyed || this.discarding) return;
    this.discarding = true;
    const { socket } = req;
    const timer = setTimeout(() => socket.destroy(), this.state.timeouts.lingerMs);
    req.once('close', () => clearTimeout(timer));
    req.removeAllListeners('data');
    req.resume();
  }
}
