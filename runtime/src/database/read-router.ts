import type { Clock } from '../resilience/clock';
import type { Endpoint } from './endpoint';
import { DatabaseUnavailableError, DatabaseTokenError, LoginRefusedError } from './errors';
import type { DatabaseMetrics } from './metrics';
import type { Statement } from './statement';

interface Routes {
  readonly primary: Endpoint;
  readonly replica: Endpoint | undefined;
  readonly clock: Clock;
  readonly metrics: DatabaseMetrics;
}

/** How long a replica that failed is left alone. */
const AWAY_MS = 10_000;

/**
 * Where reads go: to the replica, and to the primary while the replica is away. A replica that is merely busy is not away: its load must
 * not fall on the primary, so that its error goes to the caller.
 */
export class ReadRouter {
  private awayUntil = 0;

  constructor(private readonly routes: Routes) {}

  async query<Row extends object>(statement: Statement): Promise<Row[]> {
    const { primary, replica, clock, metrics } = this.routes;
    if (replica === undefined || clock.now() < this.awayUntil) return this.twice(primary, statement);
    try {
      return await this.twice(replica, statement);
    } catch (error) {
      if (!isAway(error)) throw error;
      this.awayUntil = clock.now() + AWAY_MS;
      metrics.fellBack();
      return this.twice(primary, statement);
    }
  }

  /** A read whose connection broke is sent once more, on one made since. */
  private async twice<Row extends object>(endpoint: Endpoint, statement: Statement): Promise<Row[]> {
    try {
      return await endpoint.query<Row>(statement);
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError) || !error.sent) throw error;
      this.routes.metrics.retried();
      return endpoint.query<Row>(statement);
    }
  }
}

function isAway(error: unknown): boolean {
  return [DatabaseUnavailableError, DatabaseTokenError, LoginRefusedError].some((kind) => error instanceof kind);
}
