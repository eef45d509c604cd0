import { connect, type Socket } from 'node:net';
import type { TlsOptions, TLSSocket } from 'node:tls';
import { certificate, closeAll, OK, type Pems, PUBLIC, receiver, safeFetch } from './support';

let good: Pems;
let expired: Pems;
beforeAll(async () => {
  good = await certificate('example.com');
  expired = await certificate('example.com', new Date(Date.now() - 86_400_000));
});
afterEach(closeAll);

const URL_OF_NAME = 'https://example.com/hook';

describe('failure mode 11: who cannot show who they are gets nothing', () => {
  test.each<[string, () => TlsOptions, string | undefined, string, RegExp]>([
    ['expired', () => expired, 'itself', URL_OF_NAME, /CERT_HAS_EXPIRED/],
    ['self-signed', () => good, undefined, URL_OF_NAME, /DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED/],
    ['for another name', () => good, 'itself', 'https://other.example/', /ERR_TLS_CERT_ALTNAME_INVALID/],
    ['for a name where an address is asked for', () => good, 'itself', `https://${PUBLIC}/`, /ERR_TLS_CERT_ALTNAME_INVALID/],
    [
      'TLS 1.0',
      () => ({ ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }),
      'itself',
      URL_OF_NAME,
      /PROTOCOL_VERSION|UNSUPPORTED/,
    ],
    [
      'TLS 1.1',
      () => ({ ...good, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
      'itself',
      URL_OF_NAME,
      /PROTOCOL_VERSION|UNSUPPORTED/,
    ],
    ['no cipher in common', () => ({ ...good, maxVersion: 'TLSv1.2', ciphers: 'PSK' }), 'itself', URL_OF_NAME, /HANDSHAKE_FAILURE/],
    [
      'a name that the server does not serve',
      () => ({ ...good, SNICallback: (_, done) => done(new Error('unknown name')) }),
      'itself',
      URL_OF_NAME,
      /ECONNRESET|ALERT|unknown/,
    ],
  ])('%s', async (what, options, trust, url, message) => {
    const tls = options();
    const server = await receiver(OK, tls);
    const resolve = () => Promise.resolve([{ address: PUBLIC, ttl: 60 }]);
    const error = await safeFetch(server.port, { resolve }, { ca: trust && String(tls.cert) }).failure(url);
    // A server that hangs up on the name says nothing about TLS.
    expect(error).toMatchObject({ failure: what.startsWith('a name') ? 'connect' : 'tls', address: PUBLIC, mayHaveArrived: false });
    expect(error.message).toMatch(message);
    expect(server.requests).toEqual([]);
  });

  test('what is no TLS is a failure of TLS', async () => {
    const server = await receiver('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await safeFetch(server.port).failure(URL_OF_NAME)).toMatchObject({ failure: 'tls', mayHaveArrived: false });
  });

  test('a receiver that hangs up during the handshake is a failure to connect', async () => {
    const server = await receiver((socket) => socket.destroy());
    expect(await safeFetch(server.port).failure(URL_OF_NAME)).toMatchObject({ failure: 'connect', mayHaveArrived: false });
  });

  test('the environment cannot turn verification off', async () => {
    const server = await receiver(OK, good);
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(await safeFetch(server.port).failure(URL_OF_NAME)).toMatchObject({ failure: 'tls' });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  test('a receiver that wants a certificate of ours may have got the post', async () => {
    const server = await receiver(OK, { ...good, requestCert: true, rejectUnauthorized: true });
    const error = await safeFetch(server.port, {}, { ca: good.cert }).failure(URL_OF_NAME);
    // Its alert, or the reset that may overtake it.
    expect(error.failure).toMatch(/^(tls|reset)$/);
    expect(error.mayHaveArrived).toBe(true);
  });

  test('an alert or a broken record after the handshake is a failure of TLS that may have arrived', async () => {
    let between: Socket | undefined;
    const server = await receiver(() => between?.write('neither a record nor an alert'), good);
    const relay = await receiver(() => {});
    relay.onConnection((socket) => {
      between = socket;
      const onward = connect(server.port, '127.0.0.1').on('error', () => {});
      socket.pipe(onward).pipe(socket);
    });
    const error = await safeFetch(relay.port, {}, { ca: good.cert }).failure(URL_OF_NAME, { timeoutMs: 500 });
    expect(error).toMatchObject({ failure: 'tls', mayHaveArrived: true });
  });
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s with the name as SNI and HTTP/1.1, without a trailing dot', async (version) => {
  const server = await receiver(OK, { ...good, minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] });
  const { post, dialled } = safeFetch(server.port, { resolve: () => Promise.resolve([{ address: PUBLIC, ttl: 60 }]) }, { ca: good.cert });
  expect(await post('https://example.com./hook')).toMatchObject({ status: 200, address: PUBLIC });
  const socket = server.sockets[0] as TLSSocket & { servername: string };
  expect([socket.getProtocol(), socket.servername, socket.alpnProtocol]).toEqual([version, 'example.com', 'http/1.1']);
  expect(dialled).toEqual([PUBLIC]);
});
