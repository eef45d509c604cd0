import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkHealth, HealthRecord, isExpected } from '../../../cli/src/local/balancer/health';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

const check = {
  path: '/ready',
  tls: false,
  codes: '200-299',
  timeoutMs: 200,
  intervalMs: 30_000,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
};

test.each([
  ['200', 200, true],
  ['200', 204, false],
  ['200-299', 299, true],
  ['200-299', 300, false],
  ['200,302', 302, true],
])('of the codes %s, %d is expected: %s', (codes, status, expected) => {
  expect(isExpected(codes, status)).toBe(expected);
});

test('asks the path as the load balancer does', async () => {
  const asked: unknown[] = [];
  const port = await serve((req, res) => {
    asked.push(req.url, req.headers['user-agent']);
    res.end();
  });

  expect(await checkHealth(check, port)).toEqual({ healthy: true, reason: '' });
  expect(asked).toEqual(['/ready', 'ELB-HealthChecker/2.0']);
});

test('tells why a target is unhealthy', async () => {
  const busy = await serve((_req, res) => void res.writeHead(503).end('still loading'));
  const silent = await serve(() => {});

  expect(await checkHealth(check, busy)).toEqual({ healthy: false, reason: 'status 503: still loading' });
  expect(await checkHealth(check, silent)).toEqual({ healthy: false, reason: 'no answer within 200 ms' });
});

test('judges by answers in a row', () => {
  const record = new HealthRecord(check);
  const add = (answers: string) => answers.split('').map((one) => record.add({ healthy: one === '+', reason: '' }));

  expect(add('--+---')).toEqual([undefined, undefined, undefined, undefined, undefined, 'unhealthy']);
  expect(add('-+-++')).toEqual([undefined, undefined, undefined, undefined, 'healthy']);
});
