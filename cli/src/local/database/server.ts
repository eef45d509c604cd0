import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { type Backend } from './backend';
import { withoutCopyIn } from './copy';
import { requestedSettings, Session } from './session';
import { type ClientMessage, fatal, int32, MessageReader, serverMessage, startupParameters, text, withPrefix } from './wire';

/** What a login finds of its role. */
export interface RoleFound {
  readonly canLogin: boolean;
  readonly settings: ReadonlyMap<string, string>;
}

export interface Catalog {
  readonly database: string;
  readonly version: string;
  role(name: string): Promise<RoleFound | undefined>;
}

/** Whoever holds the backend for longer while others wait is told of. */
const LONG_WAIT_MS = 5_000;

/** PostgreSQL on loopback: any password, no TLS, as many connections as ask for one backend. */
export class PostgresServer {
  private readonly server: Server;
  private nextId = 1;

  constructor(
    private readonly backend: Backend,
    private readonly catalog: Catalog,
    private readonly tell: (message: string) => void,
  ) {
    this.server = createServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      void this.serve(socket, this.nextId++).finally(() => socket.destroy());
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ port: 0, host: '127.0.0.1' }, resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  private async serve(socket: Socket, id: number): Promise<void> {
    const reader = new MessageReader();
    let session: Session | undefined;
    try {
      for await (const chunk of socket) {
        for (const message of reader.push(chunk as Buffer)) {
          if (message.type === 'encryption') socket.write('N');
          else if (message.type === 'startup') session = await this.login(socket, id, startupParameters(message));
          else if (message.type === 'X' || message.type === 'cancel') return;
          else if (session) await this.answer(socket, session, message);
          if (message.type === 'startup' && !session) return;
        }
      }
    } catch (error) {
      if (!socket.destroyed) throw error;
    } finally {
      if (session) await this.backend.end(session);
    }
  }

  private async answer(socket: Socket, session: Session, message: ClientMessage): Promise<void> {
    const timer = setTimeout(() => this.tell('a connection waits for the transaction of another, as there is one backend'), LONG_WAIT_MS);
    try {
      await this.backend.send(session, withPrefix(withoutCopyIn(message), session.prefix), (bytes) => void socket.write(bytes));
    } finally {
      clearTimeout(timer);
    }
    session.note(message);
  }

  private async login(socket: Socket, id: number, parameters: ReadonlyMap<string, string>): Promise<Session | undefined> {
    const user = parameters.get('user') ?? '';
    const database = parameters.get('database') ?? user;
    const role = await this.backend.administer(() => this.catalog.role(user));
    if (role === undefined || !role.canLogin || database !== this.catalog.database) {
      socket.end(refusal(user, database, role));
      return undefined;
    }
    socket.write(Buffer.concat([serverMessage('R', int32(0)), ...this.parameterStatuses(user), keyData(id), ready()]));
    const session = new Session(id, user, new Map([...role.settings, ...requestedSettings(parameters)]));
    socket.once('close', () => (session.closed = true));
    return session;
  }

  private parameterStatuses(user: string): Buffer[] {
    const told = {
      server_version: this.catalog.version,
      server_encoding: 'UTF8',
      client_encoding: 'UTF8',
      DateStyle: 'ISO, MDY',
      TimeZone: 'GMT',
      integer_datetimes: 'on',
      standard_conforming_strings: 'on',
      session_authorization: user,
    };
    return Object.entries(told).map(([name, value]) => serverMessage('S', text(name), text(value)));
  }
}

function keyData(id: number): Buffer {
  return serverMessage('K', int32(id), int32(id));
}

function ready(): Buffer {
  return serverMessage('Z', Buffer.from('I'));
}

function refusal(user: string, database: string, role: RoleFound | undefined): Buffer {
  if (role === undefined) return fatal('28000', `role "${user}" does not exist`);
  if (!role.canLogin) return fatal('28000', `role "${user}" is not permitted to log in`);
  return fatal('3D000', `database "${database}" does not exist`);
}
