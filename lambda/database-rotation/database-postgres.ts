import { Client, DatabaseError } from 'pg';
import type { Login } from '../shared/database-login';
import type { Database } from './rotate';

const CONNECT_MS = 5_000;
const STATEMENT_MS = 5_000;
const INVALID_PASSWORD = '28P01';
/** Two runs that change one row at once would fail with "tuple concurrently updated". */
const LOCK = 7_355_608;

/** PostgreSQL by TLS alone: the server must show a certificate of the given authorities, made out to the name it is called by. */
export class PostgresDatabase implements Database {
  constructor(private readonly settings: { readonly ca: string | readonly string[]; readonly connectMs?: number }) {}

  async accepts(login: Login): Promise<boolean> {
    return this.whenAccepted(login, async (client) => {
      await client.query('SELECT 1');
    });
  }

  async changePassword(login: Login, verifier: string): Promise<boolean> {
    return this.whenAccepted(login, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      await client.query(`ALTER ROLE CURRENT_USER WITH PASSWORD ${client.escapeLiteral(verifier)}`);
      await client.query('COMMIT');
    });
  }

  /** Logs in and works; false, without work, when the password is wrong. */
  private async whenAccepted(login: Login, work: (client: Client) => Promise<void>): Promise<boolean> {
    const client = this.clientOf(login);
    // A connection that breaks rejects the query in hand; unheard, the event would end the process besides.
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      await client.end();
      if (error instanceof DatabaseError && error.code === INVALID_PASSWORD) return false;
      throw error;
    }
    try {
      await work(client);
      return true;
    } finally {
      await client.end();
    }
  }

  private clientOf({ host, port, dbname, username, password }: Login): Client {
    return new Client({
      host,
      port,
      database: dbname,
      user: username,
      password,
      application_name: 'database-rotation',
      ssl: { ca: [this.settings.ca].flat(), minVersion: 'TLSv1.2' },
      connectionTimeoutMillis: this.settings.connectMs ?? CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      query_timeout: STATEMENT_MS + 1_000,
    });
  }
}
