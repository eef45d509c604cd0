import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import type { Socket } from 'node:net';
import { SafeFetch } from '../../../runtime/src/safe-fetch';
import { certificate, closeAll, OK, PUBLIC, receiver, safeFetch } from './support';

afterEach(closeAll);

const TIMEOUT_MS = 120;
const HEAD = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;

/** Writes something every 5 ms until the other side leaves. */
function drip(first: string, then: string) {
  return (socket: Socket) => {
    socket.write(first);
    const timer = setInterval(() => socket.write(then), 5);
    socket.on('close', () => clearInterval(timer));
  };
}

/** Writes for as long as the other side reads. */
function pour(first: string, then: Buffer | string) {
  return (socket: Socket) => {
    socket.write(first);
    const more = () => {
      while (!socket.destroyed && socket.write(then));
      if (!socket.destroyed) socket.once('drain', more);
    };
    more();
  };
}

describe('failure mode 6: a slow receiver is left when the time is over', () => {
  test.each<[string, (socket: Socket) => void, number | undefined]>([
    ['no answer', () => {}, undefined],
    ['dripping status line', drip('HTTP/1.1 200 O', 'K'), undefined],
    ['dripping headers', drip(HEAD, 'x: y\r\n'), undefined],
    ['dripping answers before the answer', drip('HTTP/1.1 103 Early Hints\r\n', 'x: y\r\n'), undefined],
    ['dripping body', drip(`${HEAD}content-length: 60000\r\n\r\n`, 'x'), 200],
    ['dripping chunks', drip(CHUNKED, '1\r\nx\r\n'), 200],
    ['dripping chunk extension', drip(`${CHUNKED}1;a`, 'a'), 200],
    ['dripping trailers', drip(`${CHUNKED}1\r\nx\r\n0\r\n`, 'x: y\r\n'), 200],
    ['body without end', drip(`${HEAD}connection: close\r\n\r\n`, 'x'), 200],
  ])('%s', async (_, answer, status) => {
    const server = await receiver(answer);
    const started = Date.now();
    const error = await safeFetch(server.port).failure(undefined, { timeoutMs: TIMEOUT_MS });
    expect(error).toMatchObject({ failure: 'timeout', mayHaveArrived: true, status, address: PUBLIC });
    expect(error.message).toBe(`SafeFetch.post: the time was over while ${status ? 'reading the answer' : 'waiting for an answer'}`);
    expect(Date.now() - started).toBeLessThan(TIMEOUT_MS * 10);
  });

  test('a connection that does not come about', async () => {
    const dial = () => ({ host: 'never', port: 1, lookup: () => {} });
    const error = await safeFetch(0, {}, { dial }).failure(undefined, { timeoutMs: TIMEOUT_MS });
    expect(error).toMatchObject({ failure: 'timeout', mayHaveArrived: false });
    expect(error.message).toBe('SafeFetch.post: the time was over while connecting to example.com');
  });

  test.each<[string, (socket: Socket) => void]>([
    ['silent', () => {}],
    ['dripping', drip('\x16\x03\x03\x40\x00', '\x02')],
  ])('a %s TLS handshake', async (_, answer) => {
    const server = await receiver(answer);
    const error = await safeFetch(server.port).failure('https://example.com/', { timeoutMs: TIMEOUT_MS });
    expect(error).toMatchObject({ failure: 'timeout', mayHaveArrived: false });
  });

  test('the caller leaves', async () => {
    const caller = new AbortController();
    const reason = new Error('the function ends');
    const server = await receiver(() => caller.abort(reason));
    const { safeFetch: fetch } = safeFetch(server.port);
    const error = await fetch
      .post({ url: 'http://example.com/', body: '', timeoutMs: 5_000, signal: caller.signal })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ failure: 'timeout', mayHaveArrived: true, cause: reason });
    expect((error as Error).message).toBe('SafeFetch.post: the caller left while waiting for an answer');
  });

  test.each([0, -1, Number.NaN, 2 ** 31])('a time of %p is refused', async (timeoutMs) => {
    const post = new SafeFetch().post({ url: 'https://example.com/', body: '', timeoutMs });
    await expect(post).rejects.toThrow(`timeoutMs must be more than 0 and at most 2147483647, got ${timeoutMs}; give milliseconds`);
  });
});

describe('failure mode 7: more than anybody needs', () => {
  const kilobyte = 'x'.repeat(1024);

  test.each<[string, string, string]>([
    ['a body of 64 MB', `${HEAD}content-length: ${64 * 1024 * 1024}\r\n\r\n`, kilobyte],
    ['chunks without end', CHUNKED, `400\r\n${kilobyte}\r\n`],
    ['tiny chunks without end', CHUNKED, '1\r\nx\r\n'.repeat(100)],
    ['a chunk extension without end', `${CHUNKED}1;a`, kilobyte],
    ['a body until the connection ends, without end', `${HEAD}connection: close\r\n\r\n`, kilobyte],
  ])('%s: the status counts, the rest is dropped and the connection closed', async (_, first, then) => {
    const server = await receiver(pour(first, then));
    const response = await safeFetch(server.port).post();
    expect(response.status).toBe(200);
    expect(response.body.length).toBeLessThanOrEqual(2048);
    // Not 64 MB: what was read, and what buffers between hold.
    expect(server.sockets[0].bytesWritten).toBeLessThan(16 * 1024 * 1024);
    await closed(server.sockets[0]);
  });

  test('a body of exactly 64 KiB is whole, one byte more is dropped', async () => {
    const sizes = [64 * 1024, 64 * 1024 + 1];
    const server = await receiver((socket) => {
      const size = sizes.shift()!;
      socket.write(`${HEAD}content-length: ${size}\r\n\r\n${'x'.repeat(size)}`);
    });
    const { post } = safeFetch(server.port);
    expect((await post()).body).toHaveLength(2048);
    expect((await post()).body).toHaveLength(2048);
    expect(server.sockets).toHaveLength(1);
    await closed(server.sockets[0]);
  });

  const much = Buffer.alloc(10 * 1024 * 1024);
  test.each([
    ['gzip', gzipSync(much)],
    ['deflate', deflateSync(much)],
    ['br', brotliCompressSync(much, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    // Not every Node makes one: how it begins, and more.
    ['zstd', Buffer.concat([Buffer.from('28b52ffd', 'hex'), much.subarray(0, 4096)])],
  ])('a %s bomb is bytes', async (encoding, bomb) => {
    const server = await receiver((socket) => {
      socket.write(`${HEAD}content-encoding: ${encoding}\r\ncontent-length: ${bomb.length}\r\n\r\n`);
      socket.write(bomb);
    });
    const { body, headers } = await safeFetch(server.port).post();
    expect(body.equals(bomb.subarray(0, 2048))).toBe(true);
    expect(headers['content-encoding']).toBe(encoding);
  });

  test.each<[string, string, RegExp]>([
    ['10,000 headers', HEAD + 'a: b\r\n'.repeat(10_000) + '\r\n', /UND_ERR_HEADERS_OVERFLOW/],
    ['101 headers', HEAD + 'a: b\r\n'.repeat(101) + '\r\n', /more than 100 headers/],
    ['a header of 17 KiB', `${HEAD}a: ${'b'.repeat(17 * 1024)}\r\n\r\n`, /UND_ERR_HEADERS_OVERFLOW/],
    ['trailers of 17 KiB', `${CHUNKED}0\r\na: ${'b'.repeat(17 * 1024)}\r\n\r\n`, /UND_ERR_HEADERS_OVERFLOW/],
    ['9 answers before the answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(9) + OK, /more than 8 answers before the answer/],
    ['switching protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n', /bad upgrade/],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.0\r\n', /does not match the HTTP\/1\.1 protocol/],
    ['a bad header name', `${HEAD}a b: c\r\n\r\n`, /does not match the HTTP\/1\.1 protocol/],
    ['a NUL in a header', `${HEAD}a: b\0c\r\n\r\n`, /does not match the HTTP\/1\.1 protocol/],
    ['a bare CR in a header', `${HEAD}a: b\rc: d\r\n\r\n`, /does not match the HTTP\/1\.1 protocol/],
    ['a bad chunk', `${CHUNKED}zz\r\n`, /does not match the HTTP\/1\.1 protocol/],
  ])('%s is no answer', async (_, answer, message) => {
    const server = await receiver(answer);
    const error = await safeFetch(server.port).failure();
    expect(error).toMatchObject({ failure: 'response', mayHaveArrived: true });
    expect(error.message).toMatch(message);
    await closed(server.sockets[0]);
  });

  test('a status line without end is no answer', async () => {
    const server = await receiver(pour('HTTP/1.1 200 ', kilobyte));
    const error = await safeFetch(server.port).failure();
    expect(error.message).toBe('SafeFetch.post: no whole answer: more bytes than an answer needs, and no answer');
  });

  test('a flood over TLS is counted too', async () => {
    const pems = await certificate('example.com');
    const server = await receiver(pour('HTTP/1.1 200 ', kilobyte), pems);
    const error = await safeFetch(server.port, {}, { ca: pems.cert }).failure('https://example.com/');
    expect(error).toMatchObject({ failure: 'response', mayHaveArrived: true });
  });

  test('8 answers before the answer are read over', async () => {
    const server = await receiver('HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n'.repeat(8) + OK);
    expect(await safeFetch(server.port).post()).toMatchObject({ status: 200, headers: { 'content-length': '2' } });
  });
});

describe('a connection that breaks', () => {
  test.each<[string, (socket: Socket) => void, number | undefined]>([
    ['before the answer', (socket) => socket.destroy(), undefined],
    ['with a reset', (socket) => socket.resetAndDestroy(), undefined],
    ['within the head', (socket) => socket.end(`${HEAD}a: b`), undefined],
    ['within the body', (socket) => socket.end(`${HEAD}content-length: 9\r\n\r\nx`), 200],
    ['within the last body', (socket) => socket.end(`${HEAD}connection: close\r\ncontent-length: 9\r\n\r\nx`), 200],
    ['that says two lengths', (socket) => socket.write(`${HEAD}content-length: 1\r\ncontent-length: 2\r\n\r\nxx`), undefined],
    [
      'that says a length beside chunks',
      (socket) => socket.write(`${HEAD}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
      undefined,
    ],
    ['within the last chunks', (socket) => socket.end(`${CHUNKED.replace('\r\n', '\r\nconnection: close\r\n')}9\r\nx`), 200],
  ])('%s is a reset that may have arrived', async (_, answer, status) => {
    const server = await receiver(answer);
    expect(await safeFetch(server.port).failure()).toMatchObject({ failure: 'reset', mayHaveArrived: true, status });
  });
});

const closed = (socket: Socket) =>
  socket.closed ? Promise.resolve() : new Promise<void>((resolve) => socket.once('close', () => resolve()));
