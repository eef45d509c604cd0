import { type Logger, PROBLEMS } from 'plinth-runtime';
import { systemClock } from 'plinth-runtime/jobs';
import type { ApiContext, ApiResponse } from '../api/shared/route';
import type { Router } from '../api/shared/router';
import type { Exchange } from './exchange';

/** The class these routes are reported under: they wait by design, and scaling watches the app's plain ones. */
const ROUTE_CLASS = 'platform';
/** Who calls a public route: the key is not looked at. */
const NOBODY = { tenantId: '', keyId: '', scopes: [] };
const BODILESS = new Set([204, 304]);

/** The platform's own routes, behind the same chain as the app's. */
export class PlatformApi {
  constructor(
    private readonly router: Pick<Router, 'handle' | 'isPublic' | 'maxBodyBytes'>,
    private readonly logger: Pick<Logger, 'debug' | 'error'>,
  ) {}

  /** Answers a request to one of the routes; false for any other. */
  answer(exchange: Exchange): boolean {
    const maxBodyBytes = this.router.maxBodyBytes(exchange.path);
    const principal = exchange.principal ?? (this.router.isPublic(exchange.path) ? NOBODY : undefined);
    if (maxBodyBytes === undefined || principal === undefined) return false;
    exchange.routeClass = ROUTE_CLASS;
    if ((exchange.head.contentLength ?? 0) > maxBodyBytes) {
      exchange.refuse(PROBLEMS.bodyTooLarge);
      return true;
    }
    const { tenantId, keyId, scopes } = principal;
    const left = new AbortController();
    exchange.stopApp = () => left.abort(new Error('the caller left or time is up'));
    const context = { tenantId, keyId, scopes, requestId: exchange.requestId, signal: left.signal, clock: systemClock };
    this.read(exchange, maxBodyBytes, (body) => void this.handle(exchange, body, context));
    return true;
  }

  /** The whole body, in true bytes; nothing is told when it is too large or the client leaves. */
  private read(exchange: Exchange, maxBodyBytes: number, done: (body: Buffer) => void): void {
    const { req } = exchange;
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => {
      exchange.requestBytes += chunk.length;
      if (exchange.requestBytes > maxBodyBytes) exchange.cut(PROBLEMS.bodyTooLarge);
      else chunks.push(chunk);
    });
    req.once('end', () => exchange.isWaiting && done(Buffer.concat(chunks)));
  }

  private async handle(exchange: Exchange, body: Buffer, context: ApiContext): Promise<void> {
    const { req, path } = exchange;
    const query = new URLSearchParams((req.url ?? '').slice(path.length + 1));
    const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, value?.toString()]));
    try {
      const answer = await this.router.handle({ method: req.method ?? '', path, query, headers, body }, context);
      if (answer === undefined || !exchange.isWaiting) return;
      send(exchange, answer);
      this.logger.debug('a route of the platform answered', { requestId: exchange.requestId, path, status: answer.status });
    } catch (error) {
      if (!exchange.isWaiting) return;
      this.logger.error('a route of the platform failed', { requestId: exchange.requestId, path, reason: reasonOf(error) });
      exchange.refuse(PROBLEMS.internal);
    }
  }
}

function send(exchange: Exchange, { status, headers, body }: ApiResponse): void {
  const flat = Object.entries(headers).flat();
  const isHead = exchange.req.method === 'HEAD';
  if (!BODILESS.has(status) && !isHead) flat.push('Content-Length', String(Buffer.byteLength(body)));
  exchange.begin(status, flat, false);
  if (!isHead) exchange.responseBytes = Buffer.byteLength(body);
  exchange.res.end(isHead ? undefined : body);
}

/** By name and message: a stack tells paths, and what an SDK adds may hold what was sent. */
const reasonOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : 'no error');
