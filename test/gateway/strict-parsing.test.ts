import { Rig } from './support';

const HOST = 'Host: api.example.com\r\n';
const post = (...lines: string[]) => `POST /first HTTP/1.1\r\n${HOST}${lines.join('\r\n')}\r\n\r\n`;
const get = (...lines: string[]) => `GET /first HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: api.example.com\r\n\r\n';

/** Messages that two parsers could read in two ways, or that no honest client sends. */
const REFUSED: [string, string][] = [
  ['Content-Length before Transfer-Encoding', `${post('Content-Length: 6', 'Transfer-Encoding: chunked')}0\r\n\r\n${SMUGGLED}`],
  ['Transfer-Encoding before Content-Length', `${post('Transfer-Encoding: chunked', 'Content-Length: 4')}0\r\n\r\n${SMUGGLED}`],
  ['two equal lengths', `${post('Content-Length: 5', 'Content-Length: 5')}hello`],
  ['two different lengths', `${post('Content-Length: 0', 'Content-Length: 40')}${SMUGGLED}`],
  ['a list of lengths', `${post('Content-Length: 5, 5')}hello`],
  ['a signed length', `${post('Content-Length: +5')}hello`],
  ['a hexadecimal length', `${post('Content-Length: 0x5')}hello`],
  ['a negative length', `${post('Content-Length: -1')}hello`],
  ['two encodings', `${post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
  ['identity beside chunked', `${post('Transfer-Encoding: identity, chunked')}0\r\n\r\n`],
  ['chunked not last', `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n`],
  ['an unknown encoding', `${post('Transfer-Encoding: xchunked')}0\r\n\r\n`],
  ['gzip before chunked', `${post('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`],
  ['a vertical tab in the encoding', `${post('Transfer-Encoding: \x0bchunked')}0\r\n\r\n`],
  ['a space before the colon', `${post('Transfer-Encoding : chunked')}0\r\n\r\n`],
  ['a line folded', get(HOST.trim(), 'X-Folded: a', ' b')],
  ['a folded encoding', `${post('Transfer-Encoding:', ' chunked')}0\r\n\r\n`],
  ['a bad chunk size', `${post('Transfer-Encoding: chunked')}zz\r\nhello\r\n0\r\n\r\n`],
  ['a chunk longer than it says', `${post('Transfer-Encoding: chunked')}2\r\nhello\r\n0\r\n\r\n`],
  ['an overflowing chunk size', `${post('Transfer-Encoding: chunked')}fffffffffffffffff\r\nhello\r\n0\r\n\r\n`],
  ['NUL in a header', get(HOST.trim(), 'X-Bad: a\0b')],
  ['NUL in the path', `GET /fir\0st HTTP/1.1\r\n${HOST}\r\n`],
  ['a bare CR in a header', get(HOST.trim(), 'X-Bad: a\rb')],
  ['no Host', get('Accept: */*')],
  ['two Hosts', get(HOST.trim(), 'Host: other.example.com')],
  ['two equal Hosts', get(HOST.trim(), HOST.trim())],
  ['an empty Host', get('Host:')],
  ['a Host with a path', get('Host: api.example.com/x')],
  ['a Host with credentials', get('Host: a@api.example.com')],
  ['absolute form', `GET http://api.example.com/first HTTP/1.1\r\n${HOST}\r\n`],
  ['authority form', `GET api.example.com:443 HTTP/1.1\r\n${HOST}\r\n`],
  ['asterisk form', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`],
  ['a fragment', `GET /first#part HTTP/1.1\r\n${HOST}\r\n`],
  ['a dot segment', `GET /api/files/../first HTTP/1.1\r\n${HOST}\r\n`],
  ['an encoded dot segment', `GET /api/files/%2e%2E/first HTTP/1.1\r\n${HOST}\r\n`],
  ['a dot segment behind an encoded slash', `GET /api/files%2f..%2ffirst HTTP/1.1\r\n${HOST}\r\n`],
  ['a high byte in the path', `GET /fir\xe9st HTTP/1.1\r\n${HOST}\r\n`],
  ['CONNECT', `CONNECT api.example.com:443 HTTP/1.1\r\n${HOST}\r\n`],
  ['an encoding in HTTP/1.0', `POST /first HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['HTTP/2.0 in the request line', `GET /first HTTP/2.0\r\n${HOST}\r\n`],
  ['HTTP/0.9', 'GET /first\r\n\r\n'],
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a bare LF in the head', `GET /first HTTP/1.1\nHost: api.example.com\n\n`],
];

/** Where Node's parser reads more than it should: one message, and the app may see that one only. */
const READ_ONE_WAY: [string, string][] = [
  ['a body that looks like a request', `${post(`Content-Length: ${SMUGGLED.length}`, 'Connection: close')}${SMUGGLED}`],
  [
    'a chunked body that looks like a request',
    `${post('Transfer-Encoding: chunked', 'Connection: close')}${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  ],
  ['a chunk extension', `${post('Transfer-Encoding: chunked', 'Connection: close')}5;x=y\r\nhello\r\n0\r\n\r\n`],
  ['a trailer', `${post('Transfer-Encoding: chunked', 'Connection: close')}5\r\nhello\r\n0\r\nX-Admin: 1\r\n\r\n`],
  ['capitals in chunked', `${post('Transfer-Encoding: CHUNKED', 'Connection: close')}5\r\nhello\r\n0\r\n\r\n`],
];

describe('strict parsing', () => {
  let rig: Rig;
  let seen: { url: string | undefined; raw: string }[];

  beforeAll(async () => {
    rig = await Rig.start((req, res) => {
      req.resume();
      req.on('end', () => {
        seen.push({ url: req.url, raw: req.rawHeaders.join('\n').toLowerCase() });
        res.end('answered');
      });
      req.on('error', () => {});
    });
  });
  beforeEach(() => (seen = []));
  afterAll(() => rig.close());

  it.each(REFUSED)('refuses %s with 400 and closes', async (_name, message) => {
    expect(await rig.raw(message)).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json/s);
  });

  it.each(REFUSED)('never shows the app a whole request for %s', async (_name, message) => {
    await rig.raw(message);
    expect(seen).toEqual([]);
  });

  it.each(READ_ONE_WAY)('shows the app exactly one request for %s', async (_name, message) => {
    expect(await rig.raw(message)).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen.map(({ url }) => url)).toEqual(['/first']);
  });

  it.each(READ_ONE_WAY)('frames %s for the app in one way only', async (_name, message) => {
    await rig.raw(message);
    expect(seen[0].raw.match(/content-length|transfer-encoding/g)).toHaveLength(1);
  });

  it.each(REFUSED)('leaves nothing open after %s', async (_name, message) => {
    const before = rig.entries.length;
    await rig.raw(message);
    await rig.recorded(before + 1);
    expect(rig.gateway.state.exchanges.size).toBe(0);
  });

  it('answers the request before a broken one, then closes', async () => {
    const text = await rig.raw(`GET /first HTTP/1.1\r\n${HOST}\r\nGARBAGE\r\n\r\n`);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  it('refuses TRACE with 405', async () => {
    expect(await rig.raw(`TRACE /first HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 405 /);
    expect(seen).toEqual([]);
  });

  it('refuses headers over 16 KB with 431', async () => {
    expect(await rig.raw(get(HOST.trim(), `X-Long: ${'a'.repeat(17_000)}`))).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('logs what the parser refused, without metrics', async () => {
    const before = rig.entries.length;
    await rig.raw('GARBAGE\r\n\r\n');
    const entries = await rig.recorded(before + 1);
    expect(entries[before]).toMatchObject({ routeClass: 'unparsed', status: 400, measured: false, outcome: 'bad-request' });
  });
});
