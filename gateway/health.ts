import { request } from 'node:http';
import { PROBLEMS } from 'plinth-runtime';
import type { Exchange } from './exchange';
import type { GatewayState } from './state';

export const LIVE_PATH = '/api/health/live';
export const READY_PATH = '/api/health/ready';

const HEALTH_CLASS = 'health';
const METHODS = new Set(['GET', 'HEAD']);

/** Liveness and readiness of the task. Callers that ask at the same moment share one question to the app. */
export class Health {
  private readonly asking = new Map<string, Promise<number | undefined>>();

  constructor(private readonly state: GatewayState) {}

  /** Answers a health request; false for any other. */
  answer(exchange: Exchange): boolean {
    const { path } = exchange;
    if (path !== LIVE_PATH && path !== READY_PATH) return false;
    exchange.routeClass = HEALTH_CLASS;
    exchange.measured = false;
    if (!METHODS.has(exchange.req.method ?? '')) exchange.refuse(PROBLEMS.methodRefused);
    else void (path === LIVE_PATH ? this.live(exchange) : this.ready(exchange));
    return true;
  }

  private async live(exchange: Exchange): Promise<void> {
    const status = await this.ask(this.state.config.app.livePath, this.state.timeouts.liveMs);
    if (status !== undefined && status < 500) pass(exchange, 'live');
    else exchange.refuse(PROBLEMS.notLive, told(status));
  }

  private async ready(exchange: Exchange): Promise<void> {
    if (this.state.draining) {
      exchange.refuse(PROBLEMS.notReady, 'shutting down');
      return;
    }
    const status = await this.ask(this.state.config.app.readyPath, this.state.timeouts.readyMs);
    if (this.state.draining) exchange.refuse(PROBLEMS.notReady, 'shutting down');
    else if (status !== undefined && status >= 200 && status < 300) pass(exchange, 'ready');
    else exchange.refuse(PROBLEMS.notReady, told(status));
  }

  private ask(path: string, withinMs: number): Promise<number | undefined> {
    const before = this.asking.get(path);
    if (before !== undefined) return before;
    const answer = statusOf(this.state.config.app.port, path, withinMs).finally(() => this.asking.delete(path));
    this.asking.set(path, answer);
    return answer;
  }
}

function pass(exchange: Exchange, status: string): void {
  if (!exchange.isWaiting) return;
  const body = JSON.stringify({ status });
  exchange.begin(200, ['Content-Type', 'application/json', 'Content-Length', String(body.length), 'Cache-Control', 'no-store'], false);
  if (exchange.req.method !== 'HEAD') exchange.responseBytes = body.length;
  exchange.res.end(body);
}

function told(status: number | undefined): string {
  return status === undefined ? 'the app did not answer in time' : `the app answered ${status}`;
}

/** The status the app answers a path with; nothing when it does not answer in time. A connection of its own: accepting is part of health. */
function statusOf(port: number, path: string, withinMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false, headers: { host: 'localhost', 'user-agent': 'plinth-gateway' } });
    const timer = setTimeout(() => asked.destroy(new Error('no answer in time')), withinMs);
    asked.on('response', (answer) => {
      answer.resume();
      answer.on('error', () => {});
      resolve(answer.statusCode);
    });
    asked.on('error', () => resolve(undefined));
    asked.on('close', () => clearTimeout(timer));
    asked.end();
  });
}
