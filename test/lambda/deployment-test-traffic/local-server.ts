import { once } from 'node:events';
import type { Server } from 'node:http';

const servers: Server[] = [];

/** Starts a server on the loopback address; its port is whatever is free. */
export async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server must listen on a port, got a pipe');
  return address.port;
}

/** Closes every server that was started, with its connections. */
export async function closeServers(): Promise<void> {
  await Promise.all(
    servers.splice(0).map(async (server) => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }),
  );
}
