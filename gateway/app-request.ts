import { extendForwardedFor, type Problem, PROBLEMS } from 'plinth-runtime';
import { principalHeaders } from './access';
import type { Exchange } from './exchange';
import type { GatewayState } from './state';

const UNREACHABLE = new Set(['ECONNREFUSED', 'ETIMEDOUT', 'EADDRNOTAVAIL', 'EMFILE']);

/** The headers the app is given: the caller's, and the ones every hop writes anew. */
export function appHeaders(state: GatewayState, exchange: Exchange): string[] {
  const { head, trace } = exchange;
  const headers = state.access?.withoutKey(head) ?? head.kept;
  headers.push(
    'x-forwarded-for',
    extendForwardedFor(head.forwardedFor, exchange.peer),
    'x-forwarded-proto',
    head.forwardedProto ?? (state.config.listen.tls ? 'https' : 'http'),
    'x-request-id',
    exchange.requestId,
    'traceparent',
    trace.traceparent,
    'plinth-deadline',
    String(exchange.deadlineAt),
  );
  if (exchange.principal !== undefined) headers.push(...principalHeaders(exchange.principal));
  if (trace.continued && head.tracestate !== undefined) headers.push('tracestate', head.tracestate);
  return headers;
}

/** Which problem a failed call to the app is. */
export function appFailure(error: NodeJS.ErrnoException): Problem {
  return UNREACHABLE.has(error.code ?? '') ? PROBLEMS.appUnreachable : PROBLEMS.appBrokeOff;
}
