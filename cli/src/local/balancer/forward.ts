import { type ClientRequest, type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http';
import { request as requestHttps } from 'node:https';
import { readResponseHead } from 'plinth-runtime';
import { answer } from './answers';
import type { Balancing, Target } from './balancer';
import type { BalancedRequest } from './request-headers';

/** Opens a request to a target, with headers as they are to be sent. */
export function openTo(balancing: Balancing, request: BalancedRequest, target: Target, headers: string[], pooled: boolean): ClientRequest {
  const options = { host: '127.0.0.1', port: target.port, method: request.req.method, path: request.req.url, headers };
  if (!target.tls) return requestHttp({ ...options, agent: pooled ? undefined : false });
  return requestHttps({ ...options, agent: pooled ? balancing.agent : false, rejectUnauthorized: false });
}

/** Hands a request to a target and streams both ways. */
export function forward(balancing: Balancing, request: BalancedRequest, res: ServerResponse, target: Target): void {
  const { req } = request;
  const upstream = openTo(balancing, request, target, request.headers(), true);
  const idle = setIdle(balancing.model.idleTimeoutMs, () => {
    upstream.destroy();
    answer(res, 504, 'the target did not answer within the idle timeout');
  });
  upstream.on('response', (came) => relay(came, res, idle.touch));
  upstream.on('error', () => answer(res, 502, 'the target closed the connection'));
  res.on('close', () => {
    idle.end();
    if (!res.writableFinished) upstream.destroy();
  });
  if (!request.hasBody) {
    upstream.end();
    return;
  }
  req.on('data', idle.touch);
  req.on('error', () => upstream.destroy());
  req.pipe(upstream);
}

/** Passes an answer on as it comes. */
export function relay(came: IncomingMessage, res: ServerResponse, touch: () => void): void {
  if (res.headersSent || res.destroyed) {
    came.destroy();
    return;
  }
  const { kept } = readResponseHead(came.rawHeaders);
  const id = came.headers['x-request-id'];
  if (id !== undefined) kept.push('x-request-id', String(id));
  for (const name of res.getHeaderNames()) kept.push(name, String(res.getHeader(name)));
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  res.writeHead(came.statusCode ?? 502, kept);
  res.flushHeaders();
  came.on('data', touch);
  came.on('error', () => res.destroy());
  came.pipe(res);
}

function setIdle(afterMs: number, expire: () => void): { touch: () => void; end: () => void } {
  const timer = setTimeout(expire, afterMs);
  return { touch: () => void timer.refresh(), end: () => clearTimeout(timer) };
}
