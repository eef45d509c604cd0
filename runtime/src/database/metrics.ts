import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type ServerName = 'primary' | 'replica';

export interface Timing {
  readonly count: number;
  readonly totalMs: number;
  readonly longestMs: number;
}

/** The state of one server's pool. */
export interface ServerMetrics {
  readonly active: number;
  readonly idle: number;
  readonly waiting: number;
  readonly total: number;
  readonly min: number;
  readonly max: number;
  readonly connectionFailures: number;
  readonly acquire: Timing;
  readonly query: Timing;
}

export interface PoolMetrics extends ServerMetrics {
  readonly replica?: ServerMetrics;
  readonly readsRetried: number;
  readonly replicaFallbacks: number;
}

type Counts = Pick<ServerMetrics, 'active' | 'idle' | 'waiting' | 'total' | 'min' | 'max'>;

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 30];
const NONE: Timing = { count: 0, totalMs: 0, longestMs: 0 };

/** Counts for a snapshot, and for Prometheus where a registry is given. */
export class DatabaseMetrics {
  private readonly servers = new Map<ServerName, { counts: () => Counts; failures: number; acquire: Timing; query: Timing }>();
  private readonly prometheus: ReturnType<typeof registered> | undefined;
  private readsRetried = 0;
  private replicaFallbacks = 0;

  constructor(registry?: Registry) {
    if (registry) this.prometheus = registered(registry, () => [...this.servers].map(([name, { counts }]) => ({ name, ...counts() })));
  }

  watch(name: ServerName, counts: () => Counts): void {
    this.servers.set(name, { counts, failures: 0, acquire: NONE, query: NONE });
  }

  connectionFailed(name: ServerName, reason: string): void {
    const server = this.servers.get(name);
    if (server) server.failures += 1;
    this.prometheus?.failures.inc({ server: name, reason });
  }

  acquired(name: ServerName, milliseconds: number): void {
    const server = this.servers.get(name);
    if (server) server.acquire = added(server.acquire, milliseconds);
    this.prometheus?.acquire.observe({ server: name }, milliseconds / 1000);
  }

  queried(name: ServerName, outcome: string, milliseconds: number): void {
    const server = this.servers.get(name);
    if (server) server.query = added(server.query, milliseconds);
    this.prometheus?.query.observe({ server: name, outcome }, milliseconds / 1000);
  }

  retried(): void {
    this.readsRetried += 1;
    this.prometheus?.retried.inc();
  }

  fellBack(): void {
    this.replicaFallbacks += 1;
    this.prometheus?.fellBack.inc();
  }

  snapshot(): PoolMetrics {
    const { readsRetried, replicaFallbacks } = this;
    return { ...this.server('primary')!, replica: this.server('replica'), readsRetried, replicaFallbacks };
  }

  private server(name: ServerName): ServerMetrics | undefined {
    const server = this.servers.get(name);
    return server && { ...server.counts(), connectionFailures: server.failures, acquire: server.acquire, query: server.query };
  }
}

function added({ count, totalMs, longestMs }: Timing, milliseconds: number): Timing {
  return { count: count + 1, totalMs: totalMs + milliseconds, longestMs: Math.max(longestMs, milliseconds) };
}

function registered(registry: Registry, servers: () => ({ name: ServerName } & Counts)[]) {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[], collect: (this: Gauge) => void) =>
    new Gauge({ name, help, labelNames, registers, collect });
  gauge('database_connections', 'Connections of the pool by state', ['server', 'state'], function () {
    for (const { name, active, idle, total } of servers()) {
      for (const [state, value] of Object.entries({ active, idle, opening: total - active - idle }))
        this.set({ server: name, state }, value);
    }
  });
  gauge('database_connections_max', 'The most connections the pool may open', ['server'], function () {
    for (const { name, max } of servers()) this.set({ server: name }, max);
  });
  gauge('database_waiting', 'Callers that wait for a connection', ['server'], function () {
    for (const { name, waiting } of servers()) this.set({ server: name }, waiting);
  });
  const histogram = (name: string, help: string, labelNames: string[]) =>
    new Histogram({ name, help, labelNames, registers, buckets: SECONDS });
  const counter = (name: string, help: string, labelNames: string[] = []) => new Counter({ name, help, labelNames, registers });
  return {
    failures: counter('database_connection_failures_total', 'Connections that could not be opened', ['server', 'reason']),
    acquire: histogram('database_acquire_duration_seconds', 'Time until a connection was there', ['server']),
    query: histogram('database_query_duration_seconds', 'Time of a statement, without the wait for its connection', ['server', 'outcome']),
    retried: counter('database_reads_retried_total', 'Reads sent once more as their connection broke'),
    fellBack: counter('database_replica_fallbacks_total', 'Reads that the primary answered as the replica was away'),
  };
}
