import { type IncomingMessage, request, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEMS, readResponseHead } from 'plinth-runtime';
import { admit } from './access';
import { appFailure, appHeaders } from './app-request';
import { Exchange } from './exchange';
import type { GatewayState } from './state';
import { Tunnel } from './tunnel';

/** Hands a WebSocket handshake to the app; only the app's own 101 opens the tunnel. */
export function upgrade(state: GatewayState, req: IncomingMessage, socket: Socket, clientHead: Buffer): void {
  socket.on('error', () => socket.destroy());
  const res = responseOn(req, socket);
  const exchange = new Exchange(state, req, res);
  // A response that was given its socket by hand does not tell when it is closed.
  socket.once('close', () => exchange.settle());
  const refusal = refusalOf(exchange);
  if (refusal !== undefined) {
    exchange.refuse(refusal, exchange.fault);
    return;
  }
  admit(state, exchange, () => connect(state, exchange, socket, clientHead));
}

function connect(state: GatewayState, exchange: Exchange, socket: Socket, clientHead: Buffer): void {
  const { req, res } = exchange;
  const upstream = request({
    host: '127.0.0.1',
    port: state.config.app.port,
    agent: false,
    method: 'GET',
    path: req.url,
    headers: [...appHeaders(state, exchange), 'Connection', 'Upgrade', 'Upgrade', 'websocket'],
  });
  exchange.stopApp = () => {
    if (!exchange.isUpgraded) upstream.destroy();
  };
  upstream.on('error', (error: NodeJS.ErrnoException) => exchange.cut(appFailure(error)));
  upstream.on('response', (answer) => declined(exchange, answer));
  upstream.on('upgrade', (answer: IncomingMessage, app: Socket, appHead: Buffer) => {
    if (!exchange.isWaiting || answer.headers.upgrade?.toLowerCase() !== 'websocket') {
      app.destroy();
      exchange.cut(PROBLEMS.appBrokeOff);
      return;
    }
    res.detachSocket(socket);
    exchange.upgraded();
    socket.write(switchingHead(answer, exchange.requestId));
    const tunnel = new Tunnel(socket, app, exchange, () => {
      state.tunnels.delete(tunnel);
      exchange.settle();
    });
    state.tunnels.add(tunnel);
    tunnel.open(clientHead, appHead);
  });
  upstream.end();
}

function responseOn(req: IncomingMessage, socket: Socket): ServerResponse {
  const res = new ServerResponse(req);
  res.shouldKeepAlive = false;
  res.assignSocket(socket);
  res.once('finish', () => {
    res.detachSocket(socket);
    socket.destroySoon();
  });
  return res;
}

function refusalOf(exchange: Exchange) {
  const { head, req } = exchange;
  if (exchange.fault !== undefined) return PROBLEMS.badRequest;
  if (req.method !== 'GET') return PROBLEMS.methodRefused;
  // Bytes after the handshake belong to the tunnel: a declared body could be read as either.
  if (head.chunked || (head.contentLength ?? 0) > 0) return PROBLEMS.badRequest;
  return head.upgrade?.toLowerCase() === 'websocket' ? undefined : PROBLEMS.upgradeRefused;
}

/** The app did not switch: its answer is passed on, and the connection ends with it. */
function declined(exchange: Exchange, answer: IncomingMessage): void {
  if (!exchange.isWaiting) return;
  const { kept } = readResponseHead(answer.rawHeaders);
  exchange.begin(answer.statusCode ?? 502, [...kept, 'Connection', 'close'], false);
  answer.on('data', (chunk: Buffer) => {
    exchange.responseBytes += chunk.length;
    if (!exchange.res.write(chunk)) {
      answer.pause();
      exchange.res.once('drain', () => answer.resume());
    }
  });
  answer.on('end', () => exchange.res.end());
  answer.on('error', () => exchange.cut(PROBLEMS.appBrokeOff));
}

function switchingHead(answer: IncomingMessage, requestId: string): string {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket', `x-request-id: ${requestId}`];
  const { kept } = readResponseHead(answer.rawHeaders);
  for (let at = 0; at < kept.length; at += 2) lines.push(`${kept[at]}: ${kept[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
