import type { Clock } from '../resilience/clock';
import type { DatabaseConfig } from './config';
import type { Connection } from './connection';
import { type DatabaseError, DatabaseUnavailableError } from './errors';
import type { DatabaseMetrics, ServerName } from './metrics';
import { ConnectionPool, type Lease } from './pool';
import { type Answer, type Statement, StatementRunner } from './statement';
import { runTransaction } from './transaction';

export interface QueryOptions {
  readonly signal?: AbortSignal;
}

export interface Queryable {
  query<Row extends object>(text: string, values?: readonly unknown[], options?: QueryOptions): Promise<Row[]>;
}

interface EndpointOptions {
  readonly name: ServerName;
  readonly config: DatabaseConfig;
  readonly open: () => Promise<Connection>;
  readonly failFast: boolean;
  readonly clock: Clock;
  readonly metrics: DatabaseMetrics;
}

/** One server with its pool. */
export class Endpoint {
  private readonly pool: ConnectionPool;
  private readonly runner: StatementRunner;

  constructor(private readonly options: EndpointOptions) {
    const { name, config, open, failFast, clock, metrics } = options;
    this.runner = new StatementRunner(config.statementTimeoutMs, clock);
    this.pool = new ConnectionPool({
      ...config.pool,
      acquireTimeoutMs: config.connectTimeoutMs,
      failFast,
      open,
      clock,
      onFailure: (error) => metrics.connectionFailed(name, error.code),
    });
    metrics.watch(name, () => ({ ...this.pool.counts, ...config.pool }));
  }

  async query<Row extends object>(statement: Statement): Promise<Row[]> {
    const lease = await this.acquire(statement.signal);
    const { rows } = await this.on<Row>(lease, statement, true);
    return rows;
  }

  /** The work's BEGIN is sent again on another connection when an idle one turns out dead: it changes nothing. */
  async transaction<T>(work: (client: Queryable) => Promise<T>): Promise<T> {
    const { lease } = await this.begin();
    return runTransaction(lease, {
      work,
      query: (statement) => this.on(lease, statement, false),
    });
  }

  close(withinMs: number): Promise<void> {
    return this.pool.close(withinMs);
  }

  private async begin(): Promise<{ lease: Lease }> {
    for (let tries = 0; ; tries += 1) {
      const lease = await this.acquire();
      try {
        await this.on(lease, { text: 'BEGIN' }, false);
        return { lease };
      } catch (error) {
        lease.discard();
        if (!(error instanceof DatabaseUnavailableError) || tries > 0) throw error;
      }
    }
  }

  private async acquire(signal?: AbortSignal): Promise<Lease> {
    const { name, clock, metrics } = this.options;
    const began = clock.now();
    const lease = await this.pool.acquire(signal);
    metrics.acquired(name, clock.now() - began);
    return lease;
  }

  /** Runs a statement on a lease, and gives the lease back unless it goes on being used. */
  private async on<Row extends object>(lease: Lease, statement: Statement, thenRelease: boolean): Promise<Answer<Row>> {
    const { name, clock, metrics } = this.options;
    const began = clock.now();
    let outcome = 'ok';
    try {
      return await this.runner.run<Row>(lease, statement);
    } catch (error) {
      outcome = (error as DatabaseError).code;
      if (error instanceof DatabaseUnavailableError) lease.broke();
      throw error;
    } finally {
      metrics.queried(name, outcome, clock.now() - began);
      // An aborted one is still busy: whoever gives it up discards it.
      if (thenRelease && outcome !== 'query-aborted') lease.release();
    }
  }
}
