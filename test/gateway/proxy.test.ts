import { createServer as createTcpServer } from 'node:net';
import { answerOf, App, event, keepAliveAgent, open, portOf, problemIn, readAll, Rig } from './support';

describe('a request through the gateway', () => {
  let rig: Rig;
  let sockets: Set<unknown>;

  beforeAll(async () => {
    sockets = new Set();
    rig = await Rig.start((req, res) => {
      sockets.add(req.socket);
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        res.writeHead(200, [
          'Content-Type',
          'application/json',
          'Set-Cookie',
          'a=1',
          'Set-Cookie',
          'b=2',
          'plinth-cost',
          '12',
          'Connection',
          'y-hop',
          'y-hop',
          '1',
        ]);
        res.end(
          JSON.stringify({
            method: req.method,
            url: req.url,
            raw: req.rawHeaders,
            headers: req.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
    });
  });
  afterAll(() => rig.close());

  const seen = async (headers: Record<string, string | string[]>, path = '/') => {
    const answer = await rig.call({ path, headers });
    return (problemIn(answer).headers ?? {}) as Record<string, string>;
  };

  it('reaches the app with method, path, query and body', async () => {
    const answer = await rig.call({ method: 'POST', path: '/api/items?q=1', body: 'hello' });
    expect(problemIn(answer)).toMatchObject({ method: 'POST', url: '/api/items?q=1', body: 'hello' });
  });

  it('extends X-Forwarded-For by the address it came from', async () => {
    expect(await seen({ 'X-Forwarded-For': '203.0.113.7' })).toMatchObject({ 'x-forwarded-for': '203.0.113.7, 127.0.0.1' });
  });

  it('keeps the X-Forwarded-Proto of the load balancer', async () => {
    expect(await seen({ 'X-Forwarded-Proto': 'http' })).toMatchObject({ 'x-forwarded-proto': 'http' });
  });

  it('says https where nobody said how the client came', async () => {
    expect(await seen({})).toMatchObject({ 'x-forwarded-proto': 'https' });
  });

  it('drops plinth headers of the client', async () => {
    expect(await seen({ 'plinth-tenant': 'other', Plinth_Tenant: 'other' })).not.toHaveProperty('plinth-tenant');
  });

  it('tells the app the deadline in epoch milliseconds', async () => {
    const before = Date.now();
    const told = Number((await seen({}))['plinth-deadline']);
    expect(told - before).toBeGreaterThanOrEqual(30_000);
    expect(told - Date.now()).toBeLessThanOrEqual(30_000);
  });

  it('drops headers that Connection nominates', async () => {
    expect(await seen({ Connection: 'close, Secret-Hop', 'Secret-Hop': '1' })).not.toHaveProperty('secret-hop');
  });

  it('keeps the caller identity that Connection nominates', async () => {
    expect(await seen({ Connection: 'close, Authorization', Authorization: 'Bearer x' })).toHaveProperty('authorization', 'Bearer x');
  });

  it('continues a traceparent in the same trace', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { traceparent } = await seen({ traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    expect(traceparent).toMatch(new RegExp(`^00-${trace}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
  });

  it('takes the trace id of the load balancer where there is no traceparent', async () => {
    const { traceparent } = await seen({ 'X-Amzn-Trace-Id': 'Root=1-67891233-abcdef012345678912345678' });
    expect(traceparent).toMatch(/^00-67891233abcdef012345678912345678-/);
  });

  it('answers the request id of the caller', async () => {
    const answer = await rig.call({ headers: { 'x-request-id': 'caller-1' } });
    expect(answer.headers['x-request-id']).toBe('caller-1');
  });

  it('makes a request id and tells it to both sides', async () => {
    const answer = await rig.call({});
    expect(problemIn(answer).headers).toHaveProperty('x-request-id', answer.headers['x-request-id']);
  });

  it('keeps both cookies of an answer', async () => {
    expect((await rig.call({})).headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  it.each(['plinth-cost', 'y-hop'])('keeps the header %s of the app to itself', async (name) => {
    expect((await rig.call({})).headers).not.toHaveProperty(name);
  });

  it('answers a HEAD request without a body', async () => {
    expect(await rig.call({ method: 'HEAD' })).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });

  it('serves two requests over one client connection', async () => {
    const agent = keepAliveAgent();
    await rig.call({ agent });
    const second = open(rig.port, { agent });
    await answerOf(second);
    agent.destroy();
    expect(second.reusedSocket).toBe(true);
  });

  it('uses one connection to the app for requests that follow each other', async () => {
    sockets.clear();
    for (const path of ['/1', '/2', '/3']) await rig.call({ path });
    expect(sockets.size).toBe(1);
  });

  it('sends 100 Continue before it takes a body', async () => {
    const request = open(rig.port, { method: 'POST', headers: { Expect: '100-continue', 'Content-Length': 2 } });
    request.flushHeaders();
    await new Promise((resolve) => request.once('continue', resolve));
    expect(problemIn(await answerOf(request, 'hi'))).toMatchObject({ body: 'hi' });
  });
});

describe('trouble on the way', () => {
  it('answers 503 with Retry-After when the app takes no connections', async () => {
    const rig = await Rig.start(() => {});
    await rig.app.close();
    const answer = await rig.call({});
    rig.gateway.destroy();
    await rig.gateway.close();
    expect([answer.status, answer.headers['retry-after'], answer.headers['content-type']]).toEqual([503, '1', 'application/problem+json']);
    expect(problemIn(answer)).toMatchObject({ type: 'urn:plinth:problem:app-unreachable', status: 503 });
  });

  it('answers 502 when the app breaks off before it answered', async () => {
    const rig = await Rig.start((req) => req.socket.destroy());
    const answer = await rig.call({ method: 'POST', body: 'x' });
    await rig.close();
    expect(answer.status).toBe(502);
    expect(problemIn(answer).type).toBe('urn:plinth:problem:app-broke-off');
  });

  it('cuts the client when the app dies in the middle of its answer', async () => {
    const rig = await Rig.start((req, res) => {
      res.writeHead(200, { 'Content-Length': '100' });
      res.write('half', () => req.socket.destroy());
    });
    await expect(rig.call({})).rejects.toThrow('aborted');
    const [entry] = await rig.recorded(1);
    await rig.close();
    expect(entry).toMatchObject({ outcome: 'app-broke-off', failed: true, responseBytes: 4 });
  });

  it('cuts the client when the app dies in the middle of a chunked answer', async () => {
    const rig = await Rig.start((req, res) => res.write('half', () => req.socket.destroy()));
    await expect(rig.call({})).rejects.toThrow('aborted');
    await rig.close();
  });

  it('stops the app the moment the client is gone', async () => {
    const arrived = event<void>();
    const left = event<void>();
    const rig = await Rig.start((_req, res) => {
      res.on('close', () => left.happen());
      arrived.happen();
    });
    const request = open(rig.port, {});
    request.on('error', () => {});
    request.end();
    await arrived.happened;
    request.destroy();
    await left.happened;
    const [entry] = await rig.recorded(1);
    await rig.close();
    expect(entry).toMatchObject({ outcome: 'client-closed', status: 499, failed: false });
  });

  it('passes an early answer on while the client still sends', async () => {
    const rig = await Rig.start((_req, res) => res.writeHead(401, { 'Content-Length': '2' }).end('no'));
    const request = open(rig.port, { method: 'POST', path: '/api/files/a', headers: { 'Content-Length': 1_000_000 } });
    request.on('error', () => {});
    request.write(Buffer.alloc(1000));
    const answer = await new Promise<number | undefined>((resolve) => {
      request.on('response', (response) => resolve(readAll(response).then(({ status }) => status)));
    });
    await rig.close();
    expect(answer).toBe(401);
  });
});

describe('a kept connection that the app had closed', () => {
  /** An app in raw TCP: answers the first request on each connection and resets the connection at the second. */
  async function resettingApp(reply = '') {
    const requests: string[] = [];
    const server = createTcpServer((socket) => {
      let first = true;
      socket.on('error', () => {});
      socket.on('data', (data) => {
        requests.push(data.toString().split(' ', 1)[0]);
        if (first) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        else if (reply === '') socket.resetAndDestroy();
        else socket.write(reply, () => socket.resetAndDestroy());
        first = false;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const rig = new Rig();
    rig.app = new App(() => {});
    await rig.app.listen();
    await rig.open(portOf(server as never), {}, {});
    const close = async () => {
      await rig.close();
      server.close();
    };
    return { rig, requests, close };
  }

  it('is replaced and the GET sent once more', async () => {
    const { rig, requests, close } = await resettingApp();
    await rig.call({});
    const answer = await rig.call({});
    await close();
    expect([answer.status, requests]).toEqual([200, ['GET', 'GET', 'GET']]);
  });

  it('fails a POST, which may have been done', async () => {
    const { rig, close } = await resettingApp();
    await rig.call({});
    const answer = await rig.call({ method: 'POST' });
    await close();
    expect(answer.status).toBe(502);
  });

  it('fails a GET whose answer had begun', async () => {
    const { rig, requests, close } = await resettingApp('HTTP/1.1 200');
    await rig.call({});
    const answer = await rig.call({});
    await close();
    expect([answer.status, requests]).toEqual([502, ['GET', 'GET']]);
  });
});
