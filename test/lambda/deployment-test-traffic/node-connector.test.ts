import * as http from 'node:http';
import * as https from 'node:https';
import { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { NodeConnector } from '../../../lambda/deployment-test-traffic/node-connector';
import type { TestTraffic } from '../../../lambda/deployment-test-traffic/test-traffic';
import { closeServers, listen } from './local-server';

const HOST = 'api.example.com';
const connectors: NodeConnector[] = [];
let certificate: { private: string; cert: string };

beforeAll(async () => {
  certificate = await generate([{ name: 'commonName', value: HOST }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: HOST }] }],
  });
});

afterEach(async () => {
  for (const connector of connectors.splice(0)) connector.close();
  await closeServers();
});

const listenTls = (answer: http.RequestListener = (_, response) => response.end()) =>
  listen(https.createServer({ key: certificate.private, cert: certificate.cert }, answer));

function send(port: number, traffic: Partial<TestTraffic>, ca?: string, timeoutMs = 5_000) {
  const ticks = [100, 107].values();
  const connector = new NodeConnector(
    { host: HOST, protocol: 'https', verify: true, port, ...traffic },
    { ca, now: () => ticks.next().value ?? 0 },
  );
  connectors.push(connector);
  return connector.send({ address: '127.0.0.1', path: '/ready', timeoutMs });
}

test('asks for the path in the name of the host', async () => {
  let asked: http.IncomingMessage | undefined;
  const port = await listen(http.createServer((request, response) => response.end(void (asked = request))));
  await send(port, { protocol: 'http' });
  expect([asked?.method, asked?.url, asked?.headers.host]).toEqual(['GET', '/ready', HOST]);
});

test('reports status and duration by its clock', async () => {
  const port = await listen(http.createServer((_, response) => response.writeHead(503).end()));
  expect(await send(port, { protocol: 'http' })).toEqual({ status: 503, ms: 7 });
});

test('sends the host by SNI', async () => {
  let servername: string | false | null | undefined;
  const port = await listenTls((request, response) => {
    servername = request.socket instanceof TLSSocket ? request.socket.servername : undefined;
    response.end();
  });
  await send(port, {}, certificate.cert);
  expect(servername).toBe(HOST);
});

test('accepts the certificate of the host though it connects to an address', async () => {
  expect(await send(await listenTls(), {}, certificate.cert)).toEqual({ status: 200, ms: 7 });
});

test('refuses the certificate of another host', async () => {
  expect(await send(await listenTls(), { host: 'other.example.com' }, certificate.cert)).toEqual({ fault: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

test('refuses a certificate that nobody vouches for', async () => {
  expect(await send(await listenTls(), {})).toEqual({ fault: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

test('accepts any certificate when it is not to verify', async () => {
  expect(await send(await listenTls(), { verify: false })).toEqual({ status: 200, ms: 7 });
});

test('reports a refused connection as a fault', async () => {
  const port = await listen(http.createServer());
  await closeServers();
  expect(await send(port, { protocol: 'http' })).toEqual({ fault: 'ECONNREFUSED' });
});

test('reports an answer that breaks off as a fault', async () => {
  const port = await listen(
    http.createServer((_, response) => response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy())),
  );
  expect(await send(port, { protocol: 'http' })).toEqual({ fault: 'ECONNRESET' });
});

test('gives up on an answer that never ends', async () => {
  const port = await listen(http.createServer((_, response) => response.write('begun')));
  expect(await send(port, { protocol: 'http' }, undefined, 50)).toEqual({ fault: 'TIMEOUT' });
});
