import { WebSocket, WebSocketServer } from 'ws';
import { drain } from '../../gateway/drain';
import { event, Rig, tlsTo } from './support';

const HANDSHAKE = (path: string, ...lines: string[]) =>
  [`GET ${path} HTTP/1.1`, 'Host: api.example.com', 'Connection: Upgrade', ...lines, '', ''].join('\r\n');
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

describe('a WebSocket through the gateway', () => {
  let rig: Rig;
  let sockets: WebSocketServer;
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    rig = await Rig.start((req, res) => {
      asked.push(req.url ?? '');
      res.end('plain');
    });
    sockets = new WebSocketServer({ noServer: true });
    rig.app.server.on('upgrade', (req, socket, head) => {
      asked.push(req.url ?? '');
      if (req.url === '/deny') socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno');
      else if (req.url !== '/wait') sockets.handleUpgrade(req, socket, head, (server) => sockets.emit('connection', server, req));
    });
    sockets.on('connection', (server) => server.on('message', (data, isBinary) => server.send(data, { binary: isBinary })));
  });
  afterEach(async () => {
    sockets.close();
    await rig.close();
  });

  const connect = async (path = '/socket') => {
    const client = new WebSocket(`wss://127.0.0.1:${rig.port}${path}`, { rejectUnauthorized: false });
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
    return client;
  };
  const next = (client: WebSocket) => new Promise<Buffer>((resolve) => client.once('message', (data: Buffer) => resolve(data)));
  const closed = (client: WebSocket) => new Promise<number>((resolve) => client.once('close', resolve));

  it.each([0, 1, 125, 126, 65_535, 65_536, 1_000_000])('echoes a message of %d bytes', async (bytes) => {
    const client = await connect();
    client.send(Buffer.alloc(bytes, 7));
    const echo = await next(client);
    client.terminate();
    expect(echo.equals(Buffer.alloc(bytes, 7))).toBe(true);
  });

  it('keeps the order of a thousand messages', async () => {
    const client = await connect();
    const got: number[] = [];
    const all = event<void>();
    client.on('message', (data: Buffer) => got.push(Number(data.toString())) === 1000 && all.happen());
    for (let at = 0; at < 1000; at += 1) client.send(String(at));
    await all.happened;
    client.terminate();
    expect(got).toEqual(Array.from({ length: 1000 }, (_, at) => at));
  });

  it('passes the close code of the client to the app', async () => {
    const code = new Promise((resolve) => sockets.on('connection', (server) => server.on('close', resolve)));
    const client = await connect();
    client.close(4001);
    expect(await code).toBe(4001);
  });

  it('passes the close code of the app to the client', async () => {
    sockets.on('connection', (server) => server.close(4002));
    const client = new WebSocket(`wss://127.0.0.1:${rig.port}/socket`, { rejectUnauthorized: false });
    expect(await closed(client)).toBe(4002);
  });

  it('drops the app side when the client vanishes', async () => {
    const gone = new Promise((resolve) => sockets.on('connection', (server) => server.on('close', resolve)));
    const client = await connect();
    client.terminate();
    expect(await gone).toBe(1006);
  });

  it('logs status 101 and the bytes both ways', async () => {
    const client = await connect();
    client.send('hello');
    await next(client);
    client.terminate();
    const [entry] = await rig.recorded(1);
    expect(entry).toMatchObject({ status: 101, requestBytes: 11, responseBytes: 7, outcome: 'ok' });
  });

  it('outlives the deadline of its route', async () => {
    const client = await connect('/api/brief/socket');
    await new Promise((resolve) => setTimeout(resolve, 200));
    client.send('still here');
    const echo = await next(client);
    client.terminate();
    expect(echo.toString()).toBe('still here');
  });

  it('answers 504 when the handshake misses the deadline', async () => {
    rig.app.server.removeAllListeners('upgrade').on('upgrade', () => {});
    const text = await rig.raw(HANDSHAKE('/api/brief/wait', 'Upgrade: websocket', KEY));
    expect(text).toMatch(/^HTTP\/1\.1 504 /);
  });

  it('opens no tunnel when the app declines: a second request on the connection is not served', async () => {
    const text = await rig.raw(HANDSHAKE('/deny', 'Upgrade: websocket', KEY), 'GET /second HTTP/1.1\r\nHost: a\r\n\r\n');
    expect([text.match(/HTTP\/1\.1 \d+/g), asked]).toEqual([['HTTP/1.1 403'], ['/deny']]);
  });

  it.each([
    ['h2c', 501, ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']],
    ['a list', 501, ['Upgrade: websocket, h2c', KEY]],
    ['a websocket with a body', 400, ['Upgrade: websocket', KEY, 'Content-Length: 4']],
    ['a websocket with two Hosts', 400, ['Host: b', 'Upgrade: websocket', KEY]],
  ])('refuses an upgrade to %s with %d', async (_name, status, lines) => {
    const text = await rig.raw(HANDSHAKE('/socket', ...lines));
    expect([text.slice(9, 12), asked]).toEqual([String(status), []]);
  });

  it('answers 503 when the app takes no connections', async () => {
    await rig.app.close();
    const text = await rig.raw(HANDSHAKE('/socket', 'Upgrade: websocket', KEY));
    await rig.app.listen();
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('tells the client 1012 when the task stops, and the app likewise', async () => {
    const atApp = new Promise((resolve) => sockets.on('connection', (server) => server.on('close', resolve)));
    const client = await connect();
    const atClient = closed(client);
    await drain(rig.gateway, { graceMs: 0, timeoutMs: 2_000 });
    expect([await atClient, await atApp]).toEqual([1012, 1012]);
  });

  it('puts 1012 after the frame that was under way', async () => {
    rig.app.server.removeAllListeners('upgrade').on('upgrade', (_req, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.write(Buffer.from([0x81, 5, 0x68, 0x65]));
      tunnelled.happen(() => socket.write(Buffer.from([0x6c, 0x6c, 0x6f, 0x81, 1, 0x21])));
    });
    const tunnelled = event<() => void>();
    const client = tlsTo(rig.port);
    const bytes: Buffer[] = [];
    const gone = new Promise((resolve) => client.on('close', resolve));
    const half = new Promise<void>((resolve) => {
      client.on('data', (chunk: Buffer) => {
        bytes.push(chunk);
        const text = Buffer.concat(bytes).toString('latin1');
        if (text.endsWith('he')) resolve();
        if (text.endsWith('\x03\xf4')) client.end();
      });
    });
    client.write(HANDSHAKE('/socket', 'Upgrade: websocket', KEY));
    await half;
    for (const tunnel of rig.gateway.state.tunnels) tunnel.restart();
    (await tunnelled.happened)();
    await gone;
    const text = Buffer.concat(bytes);
    expect(text.subarray(text.indexOf('\r\n\r\n') + 4)).toEqual(Buffer.from([0x81, 5, ...Buffer.from('hello'), 0x88, 2, 0x03, 0xf4]));
  });
});
