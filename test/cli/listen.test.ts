import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { generateSecret, signingKey, webhookHeaders } from 'plinth-runtime/signing';
import { runProgram } from '../../cli/src/program';

const secret = generateSecret();

/** The routes that a listener calls, and what was asked of them. */
class FakeApi {
  readonly asked: string[] = [];
  readonly server: Server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const body = Buffer.concat(parts).toString();
      this.asked.push(`${req.method} ${req.url} ${String(req.headers['x-api-key'])} ${body}`);
      if (this.status !== 200) res.writeHead(this.status).end('{"title":"no"}');
      else if (req.method === 'DELETE') res.writeHead(204).end();
      else res.end(JSON.stringify({ id: 'whe_1', security: { hmac_secret: secret } }));
    });
  });
  status = 200;

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

let api: FakeApi;
beforeEach(async () => {
  api = new FakeApi();
  api.server.listen(0, '127.0.0.1');
  await once(api.server, 'listening');
});
afterEach(() => void api.server.close());

/** The command as it runs: the lines it tells, one at a time, and how to end it. */
function listening(...words: string[]) {
  const lines: string[] = [];
  const errors: string[] = [];
  let wake = () => {};
  let stop: (times: number) => void = () => {};
  const code = runProgram(['listen', ...words], {
    directory: '/',
    environment: {},
    out: (line) => {
      lines.push(line);
      wake();
    },
    err: (line) => void errors.push(line),
    interrupted: (listener) => {
      stop = listener;
      return () => {};
    },
  });
  const line = async (at: number): Promise<string> => {
    while (lines.length <= at) await new Promise<void>((resolve) => (wake = resolve));
    return lines[at];
  };
  return { code, line, lines, errors, stop: () => stop(1) };
}

const post = (url: string, headers: Record<string, string>, body: string) => fetch(url, { method: 'POST', headers, body });

test('registers itself, verifies what comes, takes a copy once, and is gone when it ends', async () => {
  const { code, line, stop } = listening('--api', api.url, '--json', '--events', 'job.*,document.completed');
  const { url } = JSON.parse(await line(0)) as { url: string };
  expect(api.asked).toEqual([
    `POST /v1/webhooks local {"url":"${url}","events":["job.*","document.completed"],"description":"plinth listen"}`,
  ]);

  const body = '{"type":"job.completed"}';
  const message = { id: 'msg_1', timestamp: Math.floor(Date.now() / 1000), body: Buffer.from(body) };
  const headers = webhookHeaders(message, [signingKey('k', secret)]);
  expect((await post(url, headers, body)).status).toBe(204);
  expect((await post(url, headers, body)).status).toBe(204);
  expect((await post(url, headers, '{"type":"job.failed"}')).status).toBe(401);
  expect((await post(url, {}, body)).status).toBe(401);

  expect([await line(1), await line(2), await line(3), await line(4)].map((text): unknown => JSON.parse(text))).toEqual([
    { event: 'webhook', id: 'msg_1', verdict: 'verified', body },
    { event: 'webhook', id: 'msg_1', verdict: 'duplicate', body },
    { event: 'webhook', id: 'msg_1', verdict: 'no-match', body: '{"type":"job.failed"}' },
    { event: 'webhook', id: '-', verdict: 'missing-header', body },
  ]);
  stop();
  expect(await code).toBe(0);
  expect(api.asked.at(-1)).toBe('DELETE /v1/webhooks/whe_1 local ');
});

test('tells what anybody posts without what a terminal would obey', async () => {
  const { code, line, stop } = listening('--api', api.url);
  const url = /http:\S+/.exec(await line(0))![0];
  await post(url, {}, 'a\x1b]0;title\x07\r\nverified: msg_1 {}\x9b2J ü');
  const told = await line(1);
  stop();
  expect(await code).toBe(0);
  expect(told).toBe('missing-header: - a\\u001b]0;title\\u0007\\u000d\\u000averified: msg_1 {}\\u009b2J ü');
});

test('says why it cannot register, and ends with 1', async () => {
  api.status = 403;
  const { code, lines } = listening('--api', api.url);

  expect(await code).toBe(1);
  expect(lines).toEqual(['failed: POST /v1/webhooks must be taken, got status 403: {"title":"no"}']);
});

test('says that its port is taken', async () => {
  const { port } = api.server.address() as AddressInfo;
  const { code, lines } = listening('--api', api.url, '--port', String(port));

  expect(await code).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(`^failed: --port must be free, got ${port} \\(.*EADDRINUSE.*\\); leave it out for a free one$`),
  ]);
  expect(api.asked).toEqual([]);
});

test('goes on when a post breaks off', async () => {
  const { code, line, stop } = listening('--api', api.url, '--json');
  const { url } = JSON.parse(await line(0)) as { url: string };
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
  await once(socket.resume(), 'close');

  expect((await post(url, {}, '{}')).status).toBe(401);
  stop();
  expect(await code).toBe(0);
});

test('says that there is no such API', async () => {
  const { code, lines } = listening('--api', 'http://127.0.0.1:1');

  expect(await code).toBe(1);
  expect(lines).toEqual(['failed: http://127.0.0.1:1 must answer, got nothing; start it by `plinth local`, or name another by --api']);
});

test.each([
  [['--api', 'ftp://x'], 'plinth listen: --api must be a URL with http or https, got ftp://x; name the API, such as http://127.0.0.1:8080'],
  [['--port', '70000'], 'plinth listen: --port must be a whole number from 0 to 65535, got 70000; leave it out for a free one'],
])('is misused by %j', async (words, message) => {
  const { code, errors } = listening(...words);

  expect(await code).toBe(2);
  expect(errors.join('\n')).toContain(message);
});
