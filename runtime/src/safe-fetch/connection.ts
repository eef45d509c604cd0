import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';

/** The head of a response, trailers too, as undici counts them: names and values. */
export const MOST_HEAD_BYTES = 16 * 1024;

/** What reads a response, and is told when more comes than any response needs. */
export interface ResponseReader extends Dispatcher.DispatchHandler {
  onFlood(): void;
}

export interface ConnectionOptions {
  /** How long it stays open unused, in milliseconds; the receiver's `keep-alive: timeout` may say less. */
  readonly idleMs: number;
  /** How much may come for one request, chunk marks and all. */
  readonly mostBytesRead: number;
}

/** One open connection to an address that was checked, for one request at a time. It is never opened again. */
export class Connection {
  private readonly client: Client;
  private reader?: ResponseReader;
  private readBefore = 0;

  constructor(
    origin: string,
    readonly address: string,
    private readonly socket: Socket,
    { idleMs, mostBytesRead }: ConnectionOptions,
  ) {
    let isTaken = false;
    // TLS reports a fault after the handshake without closing, and undici waits for the close.
    socket.on('error', () => socket.destroy());
    // First of all listeners, so that bytes are counted before they are parsed.
    socket.on('readable', () => {
      if (socket.bytesRead - this.readBefore > mostBytesRead) this.reader?.onFlood();
    });
    this.client = new Client(origin, {
      connect: (_, callback) => {
        // A second one would be dialled without a look at its address.
        const isFree = !isTaken && !socket.destroyed;
        isTaken = true;
        // Not at once: undici goes on only after it has returned from here.
        queueMicrotask(() => (isFree ? callback(null, socket) : callback(new Error('the connection is closed'), null)));
      },
      pipelining: 1,
      maxHeaderSize: MOST_HEAD_BYTES,
      // One deadline ends everything; undici's own start anew with every byte.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: idleMs,
    });
  }

  get isOpen(): boolean {
    return !this.socket.destroyed && !this.socket.readableEnded && !this.client.destroyed;
  }

  /** Calls back once, when the connection is gone. */
  onClose(gone: () => void): void {
    this.socket.once('close', gone);
  }

  send(request: Dispatcher.DispatchOptions, reader: ResponseReader): void {
    this.reader = reader;
    this.readBefore = this.socket.bytesRead;
    this.client.dispatch(request, reader);
  }

  close(): void {
    this.reader = undefined;
    this.socket.destroy();
    this.client.destroy().catch(() => {});
  }
}
