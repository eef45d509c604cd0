import { Socket } from 'node:net';
import { Client } from 'pg';
import { sendCancel, type TlsTrust } from './cancel';
import { connectFault } from './faults';

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly tls: TlsTrust | undefined;
  readonly statementTimeoutMs: number;
  /** One attempt to connect. */
  readonly attemptMs: number;
}

/** Silence on a connection after which the network is asked whether the other side is still there. */
const KEEP_ALIVE_MS = 10_000;

/** One physical connection. */
export class Connection {
  private dead = false;

  private constructor(
    readonly client: Client,
    private readonly socket: Socket,
    private readonly server: Server,
  ) {}

  static async open(server: Server, password: string): Promise<Connection> {
    const { host, port, database, user, tls, statementTimeoutMs, attemptMs } = server;
    const socket = new Socket();
    const client = new Client({
      host,
      port,
      database,
      user,
      password,
      ssl: tls ?? false,
      // Kept at hand, so that a connection can be cut whatever state it is in.
      stream: () => socket,
      connectionTimeoutMillis: attemptMs,
      statement_timeout: statementTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      application_name: 'plinth',
    });
    // Without a listener a late fault of a connection that nobody uses would end the process.
    client.on('error', () => {});
    try {
      await client.connect();
      return new Connection(client, socket, server);
    } catch (error) {
      socket.destroy();
      throw connectFault(error, `${host}:${port}`);
    }
  }

  /** Fit for the next user: alive, and in no transaction. */
  get clean(): boolean {
    return !this.dead && this.client.getTransactionStatus() === 'I';
  }

  onLost(lost: () => void): void {
    const once = () => {
      if (this.dead) return;
      this.dead = true;
      lost();
    };
    this.client.on('error', once).on('end', once);
  }

  /** Asks the server to give up what this connection runs. Whoever asks must not let the connection be used again: the wish may come late. */
  async cancel(): Promise<void> {
    const { processID, secretKey } = this.client as unknown as { processID: number | null; secretKey: number | null };
    if (processID !== null && secretKey !== null) await sendCancel(this.server, { processId: processID, secretKey });
  }

  /** Says goodbye. */
  end(): void {
    this.dead = true;
    this.client.end().catch(() => {});
  }

  /** Cuts it. */
  destroy(): void {
    this.dead = true;
    this.socket.destroy();
  }
}
