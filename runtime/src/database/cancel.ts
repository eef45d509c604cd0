import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface TlsTrust {
  readonly ca: string | string[];
  readonly rejectUnauthorized: true;
  readonly minVersion: 'TLSv1.2';
}

const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
const WITHIN_MS = 2_000;

/**
 * PostgreSQL's own request to cancel: on a connection of its own that needs no login, so it takes no place in the pool and no token.
 * It goes through TLS where statements do. Failing is no fault: the connection in question is cut afterwards in any case.
 */
export async function sendCancel(
  server: { readonly host: string; readonly port: number; readonly tls: TlsTrust | undefined },
  key: { readonly processId: number; readonly secretKey: number },
): Promise<void> {
  const socket = connect(server.port, server.host);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => socket.destroy(), WITHIN_MS);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('connect', () => (server.tls ? secured(socket, server, (secure) => send(secure, key)) : send(socket, key)));
  });
}

function secured(socket: Socket, { host, tls }: { host: string; tls: TlsTrust | undefined }, then: (secure: Socket) => void): void {
  socket.write(words(8, SSL_REQUEST));
  socket.once('data', (answer) => {
    if (answer.toString('latin1') !== 'S') {
      socket.destroy();
      return;
    }
    const secure = connectTls({ ...tls, socket, host });
    secure.on('error', () => socket.destroy());
    secure.once('secureConnect', () => then(secure));
  });
}

function send(socket: Socket, { processId, secretKey }: { processId: number; secretKey: number }): void {
  // The server closes when the wish has been passed on.
  socket.resume();
  socket.write(words(16, CANCEL_REQUEST, processId, secretKey));
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) buffer.writeInt32BE(value | 0, at * 4);
  return buffer;
}
