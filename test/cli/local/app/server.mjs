// What the tests of the local run start: it tells what it was given, streams, echoes WebSocket frames, crashes and lingers on demand.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const waiting = [];
const json = (res, body) => res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const routes = {
  '/api/health/live': (_req, res) => json(res, {}),
  '/api/health/ready': (_req, res) => json(res, {}),
  '/api/given': (_req, res) => json(res, { environment: process.env, pid: process.pid, cwd: process.cwd() }),
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
