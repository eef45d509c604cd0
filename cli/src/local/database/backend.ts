import type { Session } from './session';
import { queryMessage } from './wire';

/** PostgreSQL with one backend. */
export interface Engine {
  /** Answers one message of the protocol. */
  send(message: Uint8Array, onData: (bytes: Uint8Array) => void): Promise<void>;
}

const READY = Buffer.from([0x5a, 0, 0, 0, 5]);

/**
 * Lends one backend to many sessions, each in its turn: for a statement, or for as long as a transaction is open. A session finds the
 * backend as it left it: its user, its settings.
 */
export class Backend {
  private holder: unknown;
  private last: Session | undefined;
  private readonly waiting: { readonly who: unknown; readonly lend: () => void }[] = [];

  constructor(private readonly engine: Engine) {}

  /** Whether somebody waits while another one holds the backend. */
  get isAwaited(): boolean {
    return this.waiting.length > 0;
  }

  /** Sends a message in a session's turn, which lasts until the server says that it is idle. */
  async send(session: Session, message: Uint8Array, onData: (bytes: Uint8Array) => void): Promise<void> {
    const held = this.holder === session;
    await this.acquire(session);
    // Nobody waits for the answer any more, and nothing was begun.
    if (session.closed && !held) return this.release(session);
    if (this.last !== session) await this.takeOver(session);
    const status = await this.exchange(message, onData);
    if (status === 'I') this.release(session);
    return undefined;
  }

  /** Does something as superuser, between the turns of others. */
  async administer<T>(work: () => Promise<T>): Promise<T> {
    const turn = {};
    await this.acquire(turn);
    try {
      await this.exchange(queryMessage('SET SESSION AUTHORIZATION postgres; RESET ALL'), () => {});
      this.last = undefined;
      return await work();
    } finally {
      this.release(turn);
    }
  }

  /** The session is over: what it had begun is undone. */
  async end(session: Session): Promise<void> {
    if (this.holder === session) {
      // A message that breaks off an extended query is answered only once it is synchronized.
      await this.exchange(Buffer.from([0x53, 0, 0, 0, 4]), () => {});
      await this.exchange(queryMessage('ROLLBACK'), () => {});
      this.release(session);
    }
    if (this.last === session) this.last = undefined;
  }

  private async takeOver(session: Session): Promise<void> {
    this.last = session;
    await this.exchange(queryMessage(session.takeOver), () => {});
  }

  /** The transaction status that the server told last: I, T, E, or nothing yet. */
  private async exchange(message: Uint8Array, onData: (bytes: Uint8Array) => void): Promise<string | undefined> {
    let tail = Buffer.alloc(0);
    await this.engine.send(message, (bytes) => {
      onData(bytes);
      tail = Buffer.concat([tail, bytes.subarray(-6)]).subarray(-6);
    });
    return tail.subarray(0, 5).equals(READY) ? String.fromCharCode(tail[5]) : undefined;
  }

  private async acquire(who: unknown): Promise<void> {
    if (this.holder === who) return;
    if (this.holder === undefined) this.holder = who;
    else {
      await new Promise<void>((lend) => {
        this.waiting.push({ who, lend });
      });
    }
  }

  private release(who: unknown): void {
    if (this.holder !== who) return;
    const next = this.waiting.shift();
    this.holder = next?.who;
    next?.lend();
  }
}
