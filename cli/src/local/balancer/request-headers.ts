import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { extendForwardedFor, plainAddress, readRequestHead, type RequestHead } from 'plinth-runtime';
import type { Balancing } from './balancer';

const VALID_NAME = /^[-A-Za-z0-9]+$/;

/** A request as the load balancer reads it and hands it on. */
export class BalancedRequest {
  readonly head: RequestHead;
  /** Why it is refused, or nothing. */
  readonly fault: string | undefined;

  constructor(
    readonly req: IncomingMessage,
    private readonly balancing: Balancing,
  ) {
    this.head = readRequestHead(req.rawHeaders, req.httpVersion);
    this.fault = this.head.fault;
  }

  get hasBody(): boolean {
    return this.head.chunked || (this.head.contentLength ?? 0) > 0;
  }

  /** What the target is given, flat: the caller's headers, and those that the load balancer writes. */
  headers(): string[] {
    const { head, req, balancing } = this;
    const headers = this.kept();
    // The runtime's reader takes these out for the gateway to write anew; the load balancer passes them on.
    for (const [name, value] of [
      ['x-request-id', head.requestId],
      ['traceparent', head.traceparent],
      ['tracestate', head.tracestate],
    ] as const) {
      if (value !== undefined) headers.push(name, value);
    }
    headers.push('X-Forwarded-For', extendForwardedFor(head.forwardedFor, plainAddress(req.socket.remoteAddress)));
    headers.push('X-Forwarded-Proto', 'http', 'X-Forwarded-Port', String(balancing.port));
    headers.push('X-Amzn-Trace-Id', traceIdOf(head.amznTraceId));
    if (head.chunked) headers.push('Transfer-Encoding', 'chunked');
    else if (head.contentLength !== undefined) headers.push('Content-Length', String(head.contentLength));
    return headers;
  }

  private kept(): string[] {
    const { head, balancing } = this;
    const kept: string[] = [];
    for (let at = 0; at < head.kept.length; at += 2) {
      const [name, value] = [head.kept[at], head.kept[at + 1]];
      const written = /^x-(forwarded-port|amzn-trace-id)$/i.test(name);
      if (!written && (!balancing.model.dropsInvalidHeaders || VALID_NAME.test(name))) kept.push(name, value);
    }
    return kept;
  }
}

function traceIdOf(came: string | undefined): string {
  const id = `1-${Math.floor(Date.now() / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`;
  if (came === undefined) return `Root=${id}`;
  return came.includes('Root=') ? `Self=${id};${came}` : `Root=${id};${came}`;
}
