import * as http from 'node:http';
import type { handler as Handler } from '../../../lambda/deployment-test-traffic/handler';
import { closeServers, listen } from './local-server';

const LOGGED = { info: jest.spyOn(console, 'info').mockReturnValue(), error: jest.spyOn(console, 'error').mockReturnValue() };
let status = 200;
let served = 0;
let handler: typeof Handler;

/** Amazon EC2's answer: the load balancer's one node is this machine. */
const interfaces = `<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><networkInterfaceSet>
  <item><privateIpAddress>127.0.0.1</privateIpAddress></item></networkInterfaceSet></DescribeNetworkInterfacesResponse>`;

beforeAll(async () => {
  const ec2 = await listen(http.createServer((_, response) => response.setHeader('content-type', 'text/xml').end(interfaces)));
  const balancer = await listen(
    http.createServer((_, response) => {
      served++;
      response.writeHead(status).end();
    }),
  );
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_ENDPOINT_URL_EC2: `http://127.0.0.1:${ec2}`,
    TEST_TRAFFIC: JSON.stringify({
      loadBalancerName: 'app/service/50dc6c495c0c9188',
      port: balancer,
      protocol: 'http',
      host: 'api.example.com',
      paths: ['/api/health/ready'],
      requests: 50,
      maxErrorRate: 0.05,
      maxP95Ms: 10_000,
    }),
  });
  ({ handler } = jest.requireActual<{ handler: typeof Handler }>('../../../lambda/deployment-test-traffic/handler'));
});

beforeEach(() => {
  status = 200;
  served = 0;
});

afterAll(closeServers);

const invoke = () => handler({ lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT' }, { getRemainingTimeInMillis: () => 60_000 });

test('sends fifty requests to the address that Amazon EC2 gives', async () => {
  await invoke();
  expect(served).toBe(50);
});

test('lets the deployment go on', async () => {
  expect(await invoke()).toEqual({ hookStatus: 'SUCCEEDED' });
});

test('has the deployment rolled back on server errors', async () => {
  status = 500;
  expect(await invoke()).toEqual({ hookStatus: 'FAILED' });
});

test('logs why it failed', async () => {
  status = 500;
  await invoke();
  expect(LOGGED.error).toHaveBeenLastCalledWith(
    expect.objectContaining({ event: 'test-traffic', lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT', reasons: ['50 of 50 requests failed'] }),
  );
});
