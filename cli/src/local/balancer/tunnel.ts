import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answer } from './answers';
import type { Balancing, Target } from './balancer';
import { openTo, relay } from './forward';
import type { BalancedRequest } from './request-headers';

/** The client's side of a connection that asks to be upgraded. */
export interface UpgradeClient {
  readonly res: ServerResponse;
  readonly socket: Socket;
  /** What came after the request's head. */
  readonly head: Buffer;
}

/** Hands a WebSocket handshake to a target; once it switches, bytes pass both ways. */
export function tunnel(balancing: Balancing, request: BalancedRequest, { res, socket, head }: UpgradeClient, target: Target): void {
  const headers = [...request.headers(), 'Connection', 'Upgrade', 'Upgrade', request.head.upgrade ?? 'websocket'];
  const upstream = openTo(balancing, request, target, headers, false);
  upstream.on('error', () => answer(res, 502, 'the target closed the connection'));
  upstream.on('response', (came) => relay(came, res, () => {}));
  upstream.on('upgrade', (came: IncomingMessage, far: Socket, farHead: Buffer) => {
    res.detachSocket(socket);
    socket.write(switchingHead(came));
    join(socket, far, balancing.model.idleTimeoutMs);
    if (farHead.length > 0) socket.write(farHead);
    if (head.length > 0) far.write(head);
  });
  socket.once('close', () => upstream.destroy());
  upstream.end();
}

function switchingHead({ rawHeaders }: IncomingMessage): string {
  const lines = ['HTTP/1.1 101 Switching Protocols'];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function join(near: Socket, far: Socket, idleTimeoutMs: number): void {
  for (const [from, to] of [
    [near, far],
    [far, near],
  ]) {
    from.setTimeout(idleTimeoutMs, () => from.destroy());
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroySoon());
    from.pipe(to);
  }
}
