// What the tests of the local run start: it tells what it was given, streams, echoes WebSocket frames, crashes and lingers on demand.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const waiting = [];
const json = (res, body) => res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
/** As many statements at once as are asked for, each of its own connection when the pool has one, and a transaction among them. */
async function useDatabase(res) {
  const { Database, databaseConfig } = await import('plinth-runtime/database');
  const config = databaseConfig(process.env);
  const database = Database.open(config);
  const [who] = await database.write.query(
    `SELECT current_user AS "user", current_setting('search_path') AS path, current_database() AS name`,
  );
  const insert = (id) => database.write.query('INSERT INTO items VALUES ($1, $2) RETURNING id', [id, '[1,2,3]']);
  await Promise.all(Array.from({ length: 50 }, (_, id) => insert(id)));
  await database.transaction(async (client) => {
    await client.query('DELETE FROM items WHERE id = 0');
    await client.query('INSERT INTO items VALUES (100, $1)', ['[3,2,1]']);
  });
  const [{ count }] = await database.read.query('SELECT count(*)::int AS count FROM items');
  const [nearest] = await database.read.query(`SELECT id FROM items ORDER BY embedding <=> '[3,2,1]' LIMIT 1`);
  const refused = await database.write.query('DROP TABLE items').catch((error) => error.cause?.message ?? error.message);
  json(res, { who, count, nearest, refused, pool: config.pool });
  await database.close();
}

const routes = {
  '/api/health/live': (_req, res) => json(res, {}),
  '/api/health/ready': (_req, res) => json(res, {}),
  '/api/given': (_req, res) => json(res, { environment: process.env, pid: process.pid, cwd: process.cwd() }),
  '/api/database': (_req, res) => void useDatabase(res).catch((error) => res.writeHead(500).end(error.stack)),
  '/api/headers': (req, res) => json(res, req.headers),
  '/api/crash': () => {
    console.error('the app gives up');
    process.exit(7);
  },
  // The first half goes out at once, the second once /api/go-on was asked.
  '/api/chat/stream': (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
    waiting.push(() => res.end('data: second\n\n'));
  },
  '/api/go-on': (_req, res) => {
    for (const goOn of waiting.splice(0)) goOn();
    json(res, {});
  },
  '/api/slow': (_req, res) => {
    waiting.push(() => json(res, { answered: true }));
    console.log('holds a request');
  },
};

const server = createServer((req, res) =>
  (routes[req.url.split('?')[0]] ?? ((_req, other) => other.writeHead(404).end('no such route')))(req, res),
);
server.on('upgrade', (req, socket) => {
  const accept = createHash('sha1').update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  // One short unmasked text frame back for each masked one.
  socket.on('data', (frame) => {
    if ((frame[0] & 0x0f) !== 1) return void socket.end();
    const length = frame[1] & 0x7f;
    const text = Buffer.from(frame.subarray(6, 6 + length).map((byte, at) => byte ^ frame[2 + (at % 4)]));
    return void socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
  });
});
server.keepAliveTimeout = 130_000;
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log(JSON.stringify({ level: 'INFO', message: 'up', spaced: 'a  b' })));
process.on('SIGUSR2', () => {
  for (const goOn of waiting.splice(0)) goOn();
});
process.on('SIGTERM', () => {
  console.log(JSON.stringify({ message: 'app told to stop' }));
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
