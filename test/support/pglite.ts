import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';

const SERVER = join(__dirname, 'pglite', 'server.mjs');

/**
 * A PostgreSQL 18 with pgvector and pg_trgm in a process of its own, on the loopback address: no TLS, any password, any name of a database.
 *
 * It has one backend that all connections share, each in its turn: an open transaction holds up all others, who logs in is always the
 * superuser, and the settings, roles and advisory locks of a session are everybody's. Two clients at once need {@link Postgres}.
 */
export class Pglite {
  readonly host = '127.0.0.1';

  private constructor(
    readonly port: number,
    private readonly server: ChildProcess,
  ) {}

  /** @param options whether there is a role rds_iam, as RDS makes it */
  static async start({ rdsIam = false }: { readonly rdsIam?: boolean } = {}): Promise<Pglite> {
    const server = spawn(process.execPath, [SERVER, ...(rdsIam ? ['--rds-iam'] : [])], { stdio: ['pipe', 'pipe', 'inherit'] });
    return new Pglite(await portOf(server), server);
  }

  /** Does something as superuser. */
  async query<T extends object>(sql: string, values: unknown[] = []): Promise<T[]> {
    const client = new Client({ host: this.host, port: this.port, user: 'postgres', database: 'postgres' });
    await client.connect();
    try {
      const { rows } = await client.query<T>(sql, values);
      return rows;
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    if (this.server.exitCode !== null) return;
    const exited = once(this.server, 'exit');
    this.server.kill('SIGKILL');
    await exited;
  }
}

function portOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    createInterface({ input: server.stdout! }).once('line', (address) => resolve(Number(address.split(':').at(-1))));
    server.once('exit', (code) => reject(new Error(`PGlite must start, got exit ${code}`)));
  });
}
