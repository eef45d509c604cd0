import { event, open, problemIn, Rig, tlsTo } from './support';

describe('the deadline of a route', () => {
  let rig: Rig;
  let left: ReturnType<typeof event<void>>;

  beforeEach(async () => {
    left = event<void>();
    rig = await Rig.start((req, res) => {
      res.on('close', () => left.happen());
      req.resume();
      if (req.url === '/api/brief/half') res.write('half');
      if (req.url === '/api/brief/events') {
        res.writeHead(200, { 'Content-Type': 'text/event-stream' });
        res.write('data: 1\n\n');
        setTimeout(() => res.end('data: 2\n\n'), 300);
      }
    });
  });
  afterEach(() => rig.close());

  it('answers 504 when the app has sent nothing', async () => {
    const answer = await rig.call({ path: '/api/brief/wait' });
    expect([answer.status, problemIn(answer).type]).toEqual([504, 'urn:plinth:problem:deadline']);
  });

  it('stops the app', async () => {
    await rig.call({ path: '/api/brief/wait' });
    await expect(left.happened).resolves.toBeUndefined();
  });

  it('cuts the connection when the answer has begun', async () => {
    await expect(rig.call({ path: '/api/brief/half' })).rejects.toThrow('aborted');
    const [entry] = await rig.recorded(1);
    expect(entry).toMatchObject({ outcome: 'deadline', status: 200, failed: true });
  });

  it('ends for an event stream with its headers', async () => {
    const answer = await rig.call({ path: '/api/brief/events' });
    expect(answer.body.toString()).toBe('data: 1\n\ndata: 2\n\n');
  });

  it('counts a body that trickles in', async () => {
    const request = open(rig.port, { method: 'POST', path: '/api/brief/slow', headers: { 'Content-Length': 100 } });
    request.on('error', () => {});
    request.write('x');
    const status = await new Promise((resolve) => request.on('response', (response) => resolve(response.statusCode)));
    request.destroy();
    expect(status).toBe(504);
  });
});

describe('slow clients', () => {
  it('are refused with 408 when their headers take too long', async () => {
    const rig = await Rig.start(() => {}, { headersMs: 100, checkMs: 20 });
    const text = await rig.raw('GET / HTTP/1.1\r\nHost: api.exam');
    await rig.close();
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('are closed when they send nothing at all', async () => {
    const rig = await Rig.start(() => {}, { headersMs: 100, checkMs: 20 });
    const text = await rig.raw();
    await rig.close();
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('are counted while they are connected', async () => {
    const rig = await Rig.start(() => {});
    const sockets = [tlsTo(rig.port), tlsTo(rig.port)];
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('secureConnect', resolve))));
    const count = await rig.gateway.connections();
    for (const socket of sockets) socket.destroy();
    await rig.close();
    expect(count).toBe(2);
  });

  it('lose a refused upload that goes on past the linger', async () => {
    const rig = await Rig.start(() => {}, { lingerMs: 50 });
    const socket = tlsTo(rig.port);
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\nx');
    await new Promise((resolve) => socket.on('close', resolve));
    await rig.close();
    expect(rig.entries[0]).toMatchObject({ status: 413 });
  });
});
