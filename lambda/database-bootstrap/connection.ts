import type { Login } from '../shared/database-login';
import type { Clock, Connect, Session } from './session';

export interface Connecting {
  /** The administrator's login, read anew: it rotates. */
  readonly login: () => Promise<Login>;
  readonly connect: Connect;
  readonly clock: Clock;
  /** When to give up, in milliseconds of the clock. */
  readonly deadline: number;
}

type Kind = 'away' | 'password' | 'tls' | 'refused';

const RETRY_MS = { away: 5_000, password: 10_000 };

/** A rotation sets the password some seconds before its secret says so. */
const PASSWORD_TRIES = 4;

/** Logs in, waiting for a server that is not up yet; what waiting cannot mend fails at once. */
export async function connection({ login, connect, clock, deadline }: Connecting): Promise<Session> {
  const start = clock.now();
  let refusedPasswords = 0;
  for (let tries = 1; ; tries++) {
    const given = await login();
    try {
      return await connect(given);
    } catch (error) {
      const kind = kindOf(error);
      const { message } = error as Error;
      if (kind === 'password') refusedPasswords += 1;
      if (kind === 'tls' || kind === 'refused' || refusedPasswords === PASSWORD_TRIES) throw failure(kind, given, message, error);
      const wait = RETRY_MS[kind];
      if (clock.now() + wait >= deadline) {
        const seconds = Math.round((clock.now() - start) / 1000);
        throw failure(kind, given, `${message || codeOf(error)} at try ${tries} after ${seconds} s`, error);
      }
      await clock.sleep(wait);
    }
  }
}

function failure(kind: Kind, { host, port, username }: Login, got: string, cause: unknown): Error {
  const at = `${host}:${port}`;
  const [must, change] = {
    away: [`${at} must answer`, 'look whether the database runs and its security groups admit this function'],
    password: [`${at} must take the password of ${username}`, 'look whether a rotation of its secret failed'],
    tls: [`${at} must speak TLS with a certificate that can be verified`, 'connect to the name of the database on RDS itself'],
    refused: [`${at} must let ${username} in`, 'correct what it names'],
  }[kind];
  return new Error(`${must}, got ${got}; ${change}`, { cause });
}

const UNREACHABLE = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE'];
/** Starting, shutting down, crashed, too many connections. */
const NOT_READY = ['57P03', '57P01', '57P02', '53300'];
const AWAY_MESSAGES = ['timeout expired', 'Connection terminated unexpectedly', 'timeout exceeded'];

function kindOf(error: unknown): Kind {
  const code = codeOf(error);
  const { message } = error as Error;
  if (code === '28P01') return 'password';
  if (UNREACHABLE.includes(code) || NOT_READY.includes(code) || AWAY_MESSAGES.some((text) => message.includes(text))) return 'away';
  if (/SSL|TLS|certificate/i.test(message) || /CERT|TLS|SSL/.test(code)) return 'tls';
  return 'refused';
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
