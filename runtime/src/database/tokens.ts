import { Signer } from '@aws-sdk/rds-signer';
import type { Clock } from '../resilience/clock';
import { DatabaseTokenError } from './errors';

/** What a login is done with. */
export interface Passwords {
  /** For one new connection. */
  next(): Promise<string>;
  /** Told that the server refused one; whether another is worth a try. */
  refused(password: string): boolean;
}

/** Makes one token of IAM, good for 15 minutes. */
export type TokenProvider = () => Promise<string>;

/** A third of its life is left when a token is made anew: for clocks that differ, and for servers slow to log in. */
const KEEP_MS = 10 * 60_000;

export function fixedPassword(password: string): Passwords {
  return { next: () => Promise.resolve(password), refused: () => false };
}

export function iamTokens(login: { host: string; port: number; user: string; region: string }): TokenProvider {
  const signer = new Signer({ hostname: login.host, port: login.port, username: login.user, region: login.region });
  return () => signer.getAuthToken();
}

/** Tokens, made when they are needed, one at a time however many connections ask, and kept while they are good. */
export class CachedTokens implements Passwords {
  private kept: { readonly token: string; readonly until: number } | undefined;
  private making: Promise<string> | undefined;

  constructor(
    private readonly provider: TokenProvider,
    private readonly clock: Clock,
  ) {}

  async next(): Promise<string> {
    if (this.kept && this.clock.now() < this.kept.until) return this.kept.token;
    this.making ??= this.make().finally(() => (this.making = undefined));
    return this.making;
  }

  /** One that was refused is not offered again; a new one is tried at once. */
  refused(token: string): boolean {
    if (this.kept?.token === token) this.kept = undefined;
    return true;
  }

  private async make(): Promise<string> {
    const until = this.clock.now() + KEEP_MS;
    try {
      const token = await this.provider();
      this.kept = { token, until };
      return token;
    } catch (error) {
      // The name alone: what the SDK says may quote a request.
      const reason = error instanceof Error ? error.name : 'an unknown fault';
      throw new DatabaseTokenError(
        `database: a token of IAM must be made for a new connection, got ${reason}; check the task role's rds-db:connect and its credentials`,
      );
    }
  }
}
