import { Agent, type ClientRequest } from 'node:http';
import { Socket } from 'node:net';

/** As many idle connections are kept; Node's own agent keeps as many. */
const MAX_IDLE = 256;
/** An idle connection is given up that long before the app closes it: a request must not meet the close on its way. */
const AHEAD_MS = 1_000;

/** A connection to the app. */
export class AppSocket extends Socket {
  /** What it had received when its present request took it. */
  receivedBefore = 0;
  /** How long the app keeps it idle, as it said. */
  keptForMs = Infinity;
  idleSince = 0;
  /** Node's client leaves its last request here; an idle connection would keep all of it in memory. */
  _httpMessage: unknown = undefined;
}

/**
 * Kept connections to the app, the last used one first. Node's agent looks after any number of hosts and pays for that at every request:
 * names made of options, copies of them, listeners put on and taken off.
 */
export class AppConnections extends Agent {
  private readonly idle: AppSocket[] = [];
  private readonly open = new Set<AppSocket>();

  constructor(private readonly port: number) {
    super({ keepAlive: true });
  }

  /** What Node's client calls for every request: gives it a connection. */
  addRequest(request: ClientRequest): void {
    const kept = this.takeIdle();
    request.reusedSocket = kept !== undefined;
    request.onSocket(kept ?? this.connect());
  }

  override destroy(): void {
    for (const socket of this.open) socket.destroy();
  }

  private takeIdle(): AppSocket | undefined {
    for (let socket = this.idle.pop(); socket !== undefined; socket = this.idle.pop()) {
      if (isGood(socket)) {
        socket.receivedBefore = socket.bytesRead;
        return socket;
      }
      socket.destroy();
    }
    return undefined;
  }

  private connect(): AppSocket {
    const socket = new AppSocket();
    this.open.add(socket);
    socket.setNoDelay(true);
    // Node's client tells so when the answer is whole and both sides keep the connection.
    socket.on('free', () => this.release(socket));
    socket.on('close', () => this.open.delete(socket));
    // While it is idle nobody else listens: an error then only means that it is gone.
    socket.on('error', () => {});
    socket.connect({ host: '127.0.0.1', port: this.port });
    return socket;
  }

  private release(socket: AppSocket): void {
    socket._httpMessage = undefined;
    socket.idleSince = performance.now();
    if (socket.writable && this.idle.length < MAX_IDLE) this.idle.push(socket);
    else socket.destroy();
  }
}

function isGood({ writable, idleSince, keptForMs }: AppSocket): boolean {
  return writable && performance.now() < idleSince + keptForMs - AHEAD_MS;
}
