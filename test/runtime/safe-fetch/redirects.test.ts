import { closeAll, OK, receiver, safeFetch } from './support';

afterEach(closeAll);

describe('failure mode 8: redirects are answers and never followed', () => {
  test.each(
    [301, 302, 303, 307, 308].flatMap((status) =>
      ['http://169.254.169.254/latest/meta-data/', 'http://10.0.0.1/'].map((to) => [status, to] as const),
    ),
  )('%i to %s', async (status, location) => {
    const server = await receiver(`HTTP/1.1 ${status} Moved\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`);
    const { post, dialled } = safeFetch(server.port);
    expect(await post()).toMatchObject({ status, headers: { location } });
    expect([dialled.length, server.requests.length]).toEqual([1, 1]);
  });

  test.each(['https://other.example/', 'http://example.com/hook', '//example.com/hook', '/hook'])(
    '308 to %s: another host or a loop',
    async (location) => {
      const server = await receiver(`HTTP/1.1 308 Moved\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`);
      const { post } = safeFetch(server.port);
      expect((await post()).status).toBe(308);
      expect(server.requests).toHaveLength(1);
    },
  );

  test('refresh, alt-svc and retry-after change nothing', async () => {
    const server = await receiver(
      OK.replace('\r\n', '\r\nrefresh: 0; url=http://10.0.0.1/\r\nalt-svc: h2="10.0.0.1:443"\r\nretry-after: 0\r\n'),
    );
    const { post, dialled } = safeFetch(server.port);
    await post();
    await post();
    expect(dialled).toHaveLength(1);
  });

  test('the environment’s proxy is not used', async () => {
    const server = await receiver(OK);
    const proxy = await receiver(OK);
    const names = ['http_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${proxy.port}`;
    try {
      expect((await safeFetch(server.port).post()).status).toBe(200);
    } finally {
      for (const name of names) delete process.env[name];
    }
    expect(proxy.sockets).toEqual([]);
  });
});
