import { KIB, MIB, open, problemIn, readAll, Rig } from './support';

describe('the body limit of a route', () => {
  let rig: Rig;
  let received: number[];

  beforeAll(async () => {
    received = [];
    rig = await Rig.start((req, res) => {
      const at = received.push(0) - 1;
      req.on('data', (chunk: Buffer) => (received[at] += chunk.length));
      req.on('end', () => res.end(String(received[at])));
      req.on('error', () => {});
    });
  });
  beforeEach(() => (received = []));
  afterAll(() => rig.close());

  const declared = (path: string, bytes: number) =>
    rig.call({ method: 'POST', path, headers: { 'Content-Length': bytes }, body: Buffer.alloc(bytes) });
  const chunked = (path: string, bytes: number) =>
    rig.call({ method: 'POST', path, headers: { 'Transfer-Encoding': 'chunked' }, body: Buffer.alloc(bytes) });

  it.each([
    ['64 KiB declared', declared, '/api/items', 64 * KIB],
    ['64 KiB chunked', chunked, '/api/items', 64 * KIB],
    ['10 MiB declared', declared, '/api/files/a', 10 * MIB],
    ['10 MiB chunked', chunked, '/api/files/a', 10 * MIB],
  ])('passes exactly %s', async (_name, send, path, bytes) => {
    expect((await send(path, bytes)).body.toString()).toBe(String(bytes));
  });

  it.each([
    ['64 KiB', '/api/items', 64 * KIB],
    ['10 MiB', '/api/files/a', 10 * MIB],
  ])('refuses one declared byte over %s without asking the app', async (_name, path, bytes) => {
    const answer = await declared(path, bytes + 1);
    expect([answer.status, problemIn(answer).type, received]).toEqual([413, 'urn:plinth:problem:body-too-large', []]);
  });

  it.each([
    ['64 KiB', '/api/items', 64 * KIB],
    ['10 MiB', '/api/files/a', 10 * MIB],
  ])('refuses one chunked byte over %s', async (_name, path, bytes) => {
    const answer = await chunked(path, bytes + 1);
    expect([answer.status, problemIn(answer).type]).toEqual([413, 'urn:plinth:problem:body-too-large']);
  });

  it('refuses a declared length before a byte of the body is sent', async () => {
    const request = open(rig.port, { method: 'POST', path: '/', headers: { 'Content-Length': 64 * KIB + 1 } });
    request.on('error', () => {});
    request.flushHeaders();
    const answer = await new Promise<number | undefined>((resolve) => {
      request.on('response', (response) => resolve(readAll(response).then(({ status }) => status)));
    });
    request.destroy();
    expect(answer).toBe(413);
  });

  it('refuses an expected body over the limit instead of 100 Continue', async () => {
    const request = open(rig.port, { method: 'POST', path: '/', headers: { Expect: '100-continue', 'Content-Length': 64 * KIB + 1 } });
    const continued = jest.fn();
    request.on('continue', continued);
    request.on('error', () => {});
    request.flushHeaders();
    const answer = await new Promise<number | undefined>((resolve) => {
      request.on('response', (response) => resolve(readAll(response).then(({ status }) => status)));
    });
    request.destroy();
    expect([answer, continued.mock.calls.length]).toEqual([413, 0]);
  });

  it('logs the true bytes of a refused body', async () => {
    const before = rig.entries.length;
    await chunked('/api/items', 64 * KIB + 1);
    const entries = await rig.recorded(before + 1);
    expect(entries[before]).toMatchObject({ status: 413, outcome: 'body-too-large', routeClass: 'api' });
  });

  it('serves the next request after a refused one', async () => {
    await chunked('/api/items', 64 * KIB + 1);
    expect((await declared('/api/items', 1)).body.toString()).toBe('1');
  });
});
