import { problemIn, Rig } from './support';

describe('health', () => {
  let rig: Rig;
  let status: number | 'silent';
  let asked: string[];

  beforeEach(async () => {
    status = 200;
    asked = [];
    rig = await Rig.start(
      (req, res) => {
        asked.push(req.url ?? '');
        if (status !== 'silent') res.writeHead(status).end();
      },
      { liveMs: 80, readyMs: 80 },
    );
  });
  afterEach(() => rig.close());

  const live = async () => (await rig.call({ path: '/api/health/live' })).status;
  const ready = async () => (await rig.call({ path: '/api/health/ready' })).status;

  it.each([
    [200, 200],
    [404, 200],
    [499, 200],
    [500, 503],
    ['silent', 503],
  ] as const)('is live when the app answers %s: %s', async (answers, expected) => {
    status = answers;
    expect(await live()).toBe(expected);
  });

  it.each([
    [200, 200],
    [204, 200],
    [301, 503],
    [404, 503],
    [503, 503],
    ['silent', 503],
  ] as const)('is ready when the app answers %s: %s', async (answers, expected) => {
    status = answers;
    expect(await ready()).toBe(expected);
  });

  it('asks the paths of the configuration', async () => {
    await live();
    await ready();
    expect(asked).toEqual(['/live', '/ready']);
  });

  it('says why it is not ready', async () => {
    status = 503;
    const answer = await rig.call({ path: '/api/health/ready' });
    expect(problemIn(answer)).toMatchObject({ type: 'urn:plinth:problem:not-ready', detail: 'the app answered 503' });
  });

  it('is neither live nor ready without an app', async () => {
    await rig.app.close();
    const statuses = [await live(), await ready()];
    await rig.app.listen();
    expect(statuses).toEqual([503, 503]);
  });

  it('stays live but unready while it drains', async () => {
    rig.gateway.state.draining = true;
    expect([await live(), await ready()]).toEqual([200, 503]);
  });

  it('asks the app once for callers at the same moment', async () => {
    await Promise.all([ready(), ready(), ready()]);
    expect(asked.length).toBeLessThan(3);
  });

  it('is logged in class health, without metrics', async () => {
    await live();
    const [entry] = await rig.recorded(1);
    expect(entry).toMatchObject({ routeClass: 'health', measured: false, status: 200 });
  });

  it('refuses POST with 405', async () => {
    expect((await rig.call({ method: 'POST', path: '/api/health/live' })).status).toBe(405);
  });
});
