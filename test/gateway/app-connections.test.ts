import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Rig } from './support';

describe('connections to the app', () => {
  let rig: Rig;
  let used: Socket[];
  let answer: (req: IncomingMessage, res: ServerResponse) => void;

  beforeAll(async () => {
    rig = await Rig.start((req, res) => {
      used.push(req.socket);
      answer(req, res);
    });
  });

  beforeEach(() => {
    used = [];
    answer = (_req, res) => res.end('ok');
  });

  afterAll(() => rig.close());

  const sayTimeout = (text: string) => (_req: IncomingMessage, res: ServerResponse) =>
    res.writeHead(200, { Connection: 'keep-alive', 'Keep-Alive': text }).end();

  it('makes as many as there are requests at once, and the next request takes one of them', async () => {
    const held: ServerResponse[] = [];
    answer = (_req, res) => {
      held.push(res);
      if (held.length === 3) for (const each of held) each.end();
    };
    await Promise.all(['/1', '/2', '/3'].map((path) => rig.call({ path })));
    answer = (_req, res) => res.end();
    await rig.call({});
    expect([new Set(used.slice(0, 3)).size, new Set(used).size]).toEqual([3, 3]);
  });

  it('takes none that the app closed meanwhile', async () => {
    await rig.call({});
    const gone = rig.app.closed(used[0]);
    used[0].end();
    await gone;
    expect((await rig.call({ method: 'POST' })).status).toBe(200);
    expect(used[1]).not.toBe(used[0]);
  });

  it('goes on when the app resets an idle one', async () => {
    await rig.call({});
    const gone = rig.app.closed(used[0]);
    used[0].resetAndDestroy();
    await gone;
    expect((await rig.call({})).status).toBe(200);
  });

  it.each(['timeout=1', 'timeout=0', 'timeout=1, max=5'])('takes none again that the app is about to close: %s', async (text) => {
    answer = sayTimeout(text);
    await rig.call({});
    await rig.call({ method: 'POST' });
    expect(used[1]).not.toBe(used[0]);
  });

  it.each(['timeout=60', 'max=5', 'timeout=soon'])('takes one again that the app keeps: %s', async (text) => {
    answer = sayTimeout(text);
    await rig.call({});
    await rig.call({});
    expect(used[1]).toBe(used[0]);
  });

  it('keeps none that the app answered with connection: close', async () => {
    answer = (_req, res) => res.writeHead(200, { Connection: 'close' }).end();
    await rig.call({});
    await rig.call({});
    expect(used[1]).not.toBe(used[0]);
  });

  it('keeps none whose answer was broken off', async () => {
    answer = (_req, res) => res.writeHead(200, { 'Content-Length': 10 }).write('12345', () => res.destroy());
    await expect(rig.call({})).rejects.toThrow('aborted');
    answer = (_req, res) => res.end();
    expect((await rig.call({})).status).toBe(200);
    expect(used[1]).not.toBe(used[0]);
  });
});

it('cuts what is under way and what is idle when the gateway is destroyed', async () => {
  const closed: Promise<void>[] = [];
  let arrived = () => {};
  const rig = await Rig.start((req, res) => {
    closed.push(rig.app.closed(req.socket));
    if (req.url === '/quick') res.end();
    else arrived();
  });
  const waits = new Promise<void>((resolve) => (arrived = resolve));
  const pending = rig.call({ path: '/waits' }).catch((error: unknown) => error);
  await waits;
  await rig.call({ path: '/quick' });
  await rig.close();
  await Promise.all(closed);
  expect(closed).toHaveLength(2);
  expect(await pending).toMatchObject({ code: 'ECONNRESET' });
});
