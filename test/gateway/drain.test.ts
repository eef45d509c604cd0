import type { ServerResponse } from 'node:http';
import { drain } from '../../gateway/drain';
import { type Answer, event, problemIn, Rig } from './support';

describe('a gateway that drains', () => {
  let rig: Rig;
  let waiting: ReturnType<typeof event<ServerResponse>>;

  beforeEach(async () => {
    waiting = event();
    rig = await Rig.start((req, res) => (req.url?.endsWith('/wait') ? waiting.happen(res) : res.end('served')));
  });
  afterEach(() => rig.close());

  /** A request that the app holds. */
  const held = async (path: string) => {
    const answer = rig.call({ path });
    answer.catch(() => {});
    return { answer, res: await waiting.happened };
  };

  it('serves new requests during the grace and closes their connections', async () => {
    const drained = drain(rig.gateway, { graceMs: 200, timeoutMs: 1_000 });
    const answer = await rig.call({ headers: { Connection: 'keep-alive' } });
    await drained;
    expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
  });

  it('is unready at once', async () => {
    const drained = drain(rig.gateway, { graceMs: 200, timeoutMs: 1_000 });
    const answer = await rig.call({ path: '/api/health/ready' });
    await drained;
    expect([answer.status, problemIn(answer).detail]).toEqual([503, 'shutting down']);
  });

  it('takes no connections after the grace', async () => {
    await drain(rig.gateway, { graceMs: 0, timeoutMs: 1_000 });
    await expect(rig.call({})).rejects.toThrow('ECONNREFUSED');
  });

  it('finishes a request in flight', async () => {
    const { answer, res } = await held('/wait');
    const drained = drain(rig.gateway, { graceMs: 0, timeoutMs: 2_000 });
    setTimeout(() => res.end('finished'), 100);
    expect([(await answer).body.toString(), await drained]).toEqual(['finished', { cut: 0 }]);
  });

  it('ends as soon as nothing is in flight', async () => {
    const startedAt = performance.now();
    await drain(rig.gateway, { graceMs: 0, timeoutMs: 30_000 });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('sends what waits on a long route away with 503 and Retry-After 1', async () => {
    const { answer } = await held('/api/chat/wait');
    await drain(rig.gateway, { graceMs: 100, timeoutMs: 300 });
    const { status, headers, body }: Answer = await answer;
    expect([status, headers['retry-after'], JSON.parse(body.toString())]).toEqual([
      503,
      '1',
      expect.objectContaining({ type: 'urn:plinth:problem:draining' }),
    ]);
  });

  it('lets a long route answer inside the drain', async () => {
    const { answer, res } = await held('/api/chat/wait');
    const drained = drain(rig.gateway, { graceMs: 100, timeoutMs: 2_000 });
    setTimeout(() => res.end('answered'), 150);
    expect((await answer).body.toString()).toBe('answered');
    await drained;
  });

  it('cuts what is left at the end, and counts it', async () => {
    const { answer } = await held('/wait');
    const { cut } = await drain(rig.gateway, { graceMs: 0, timeoutMs: 100 });
    await expect(answer).rejects.toThrow('socket hang up');
    expect(cut).toBe(1);
  });
});
