import { type IncomingMessage, type ServerResponse } from 'node:http';
import { drain } from '../../gateway/drain';
import { event, KIB, MIB, open, Rig } from './support';

describe('streams through the gateway', () => {
  let rig: Rig;
  let arrived: ReturnType<typeof event<{ req: IncomingMessage; res: ServerResponse }>>;

  beforeEach(async () => {
    arrived = event();
    rig = await Rig.start((req, res) => arrived.happen({ req, res }));
  });
  afterEach(() => rig.close());

  const begin = async (path = '/events') => {
    const request = open(rig.port, { path });
    request.on('error', () => {});
    request.end();
    const { res } = await arrived.happened;
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.flushHeaders();
    const answer = await new Promise<IncomingMessage>((resolve) => request.on('response', resolve));
    return { request, answer, res };
  };
  const next = (answer: IncomingMessage) =>
    new Promise<string>((resolve) => answer.once('data', (chunk: Buffer) => resolve(chunk.toString())));

  it('passes the headers of an event stream before its first event', async () => {
    const { answer, request } = await begin();
    request.destroy();
    expect(answer.headers['content-type']).toBe('text/event-stream');
  });

  it('passes each event when it is sent, not when the next one is', async () => {
    const { answer, request, res } = await begin();
    const got: string[] = [];
    for (const text of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
      const passed = next(answer);
      res.write(text);
      got.push(await passed);
    }
    request.destroy();
    expect(got).toEqual(['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']);
  });

  it('ends event streams when the task stops', async () => {
    const { answer } = await begin();
    const ended = new Promise((resolve) => answer.on('end', () => resolve('ended')));
    answer.resume();
    await drain(rig.gateway, { graceMs: 0, timeoutMs: 2_000 });
    expect(await ended).toBe('ended');
  });

  it('measures a stream to its headers and logs it whole', async () => {
    const { answer, res } = await begin();
    answer.resume();
    await new Promise((resolve) => setTimeout(resolve, 50));
    res.end();
    const [entry] = await rig.recorded(1);
    expect(entry.durationMs - entry.latencyMs).toBeGreaterThan(40);
  });

  it('stops reading the app while the client does not read', async () => {
    const { answer, request, res } = await begin('/download');
    answer.pause();
    const block = Buffer.alloc(64 * KIB);
    let accepted = 0;
    // The buffers on the way take some megabytes; a gateway without backpressure would take all 64.
    while (accepted < 64 * MIB) {
      accepted += block.length;
      if (res.write(block)) continue;
      const drained = await Promise.race([
        new Promise<boolean>((resolve) => res.once('drain', () => resolve(true))),
        new Promise<boolean>((resolve) => setTimeout(resolve, 300, false)),
      ]);
      if (!drained) break;
    }
    request.destroy();
    expect(accepted).toBeLessThan(32 * MIB);
  });

  it('stops reading the client while the app does not read', async () => {
    const request = open(rig.port, { method: 'POST', path: '/api/large/a', headers: { 'Content-Length': 64 * MIB } });
    request.on('error', () => {});
    const block = Buffer.alloc(64 * KIB);
    let accepted = 0;
    while (accepted < 64 * MIB) {
      accepted += block.length;
      if (request.write(block)) continue;
      const drained = await Promise.race([
        new Promise<boolean>((resolve) => request.once('drain', () => resolve(true))),
        new Promise<boolean>((resolve) => setTimeout(resolve, 300, false)),
      ]);
      if (!drained) break;
    }
    request.destroy();
    expect(accepted).toBeLessThan(32 * MIB);
  });
});
