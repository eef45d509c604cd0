import { Client } from 'pg';
import type { Login } from '../shared/database-login';
import type { Session } from './session';
import type { Tls } from './tls';

const CONNECT_MS = 5_000;
/** A run that was killed is to leave neither locks nor transactions for long. */
const IDLE_MS = 60_000;

/** PostgreSQL by TLS alone: the server must show a certificate of the given authorities, made out to the name it is called by. */
export function postgres(settings: { readonly ca: string | readonly string[]; readonly tls: Tls; readonly name?: string }) {
  return async ({ host, port, dbname, username, password }: Login): Promise<Session> => {
    const client = new Client({
      host,
      port,
      database: dbname,
      user: username,
      password,
      application_name: settings.name ?? 'database-bootstrap',
      ssl: settings.tls === 'disable' ? false : { ca: [settings.ca].flat(), minVersion: 'TLSv1.2' },
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      options: `-c idle_session_timeout=${IDLE_MS} -c idle_in_transaction_session_timeout=${IDLE_MS}`,
    });
    // A connection that breaks rejects the query in hand; unheard, the event would end the process besides.
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      await client.end();
      throw error;
    }
    return {
      query: async <Row extends object>(text: string, values?: readonly unknown[]) => {
        const { rows } = await client.query<Row>(text, values && [...values]);
        return rows;
      },
      close: () => client.end(),
    };
  };
}
