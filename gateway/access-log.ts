import { type AccessEntry, clientAddress } from 'plinth-runtime';
import type { Exchange } from './exchange';

/** The status logged for a caller that left before it was answered; the field's number for it. */
const CLIENT_CLOSED = 499;
const SWITCHING_PROTOCOLS = 101;

/** What the access log tells of a finished request. */
export function accessEntry(exchange: Exchange, now: number): AccessEntry {
  const { head, outcome, req, startedAt } = exchange;
  const status = statusTold(exchange);
  const cutShort = outcome !== 'ok' && outcome !== 'client-closed' && status < 400;
  return {
    now: Date.now(),
    requestId: exchange.requestId,
    traceId: exchange.trace.traceId,
    method: req.method ?? '-',
    path: exchange.path,
    routeClass: exchange.routeClass,
    status,
    durationMs: now - startedAt,
    latencyMs: (exchange.isStream ? exchange.answeredAt : now) - startedAt,
    requestBytes: exchange.requestBytes,
    responseBytes: exchange.responseBytes,
    clientIp: clientAddress(head.forwardedFor, exchange.peer),
    userAgent: head.userAgent,
    outcome,
    failed: status >= 500 || cutShort,
    measured: exchange.measured,
    keyId: exchange.principal?.keyId,
    tenantId: exchange.principal?.tenantId,
    failedKey: exchange.failedKey,
  };
}

function statusTold({ answeredAt, isUpgraded, res }: Exchange): number {
  if (isUpgraded) return SWITCHING_PROTOCOLS;
  return answeredAt > 0 ? res.statusCode : CLIENT_CLOSED;
}
