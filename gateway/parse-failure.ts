import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { plainAddress, type Problem, PROBLEM_CONTENT_TYPE, problemBody, PROBLEMS } from 'plinth-runtime';
import type { GatewayState } from './state';

/** Answers what Node's strict parser refused: a problem, then the connection is closed. */
export function refuseUnparsed(state: GatewayState, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(error);
  const current = state.exchanges.list().find((exchange) => exchange.req.socket === socket);
  if (current === undefined) {
    answerUnparsed(state, problem, error, socket);
    return;
  }
  // The request in flight is itself broken, or the next one on its connection is: then it is answered first.
  if (!current.req.complete) current.cut(problem);
  else current.res.once('close', () => answerUnparsed(state, problem, error, socket));
}

function problemOf(error: NodeJS.ErrnoException): Problem {
  if (error.code === 'HPE_HEADER_OVERFLOW') return PROBLEMS.headersTooLarge;
  return error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? PROBLEMS.headersTimeout : PROBLEMS.badRequest;
}

function answerUnparsed(state: GatewayState, problem: Problem, error: NodeJS.ErrnoException, socket: Socket): void {
  const requestId = state.ids.next(16);
  const body = problemBody(problem, requestId);
  record(state, problem, requestId, body.length, socket);
  state.logger.warn('request refused by the parser', { requestId, code: error.code ?? 'unknown' });
  if (!socket.writable) return;
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\nContent-Type: ${PROBLEM_CONTENT_TYPE}\r\n` +
      `Content-Length: ${body.length}\r\nx-request-id: ${requestId}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function record(state: GatewayState, problem: Problem, requestId: string, responseBytes: number, socket: Socket): void {
  state.record({
    now: Date.now(),
    requestId,
    traceId: '',
    method: '-',
    path: '-',
    routeClass: 'unparsed',
    status: problem.status,
    durationMs: 0,
    latencyMs: 0,
    requestBytes: 0,
    responseBytes,
    clientIp: plainAddress(socket.remoteAddress),
    userAgent: undefined,
    outcome: problem.code,
    failed: false,
    measured: false,
  });
}
