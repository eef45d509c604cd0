import type { Outcome } from '../../../lambda/deployment-test-traffic/report';
import { type Connector, sendTestTraffic } from '../../../lambda/deployment-test-traffic/send-test-traffic';
import type { TestTraffic } from '../../../lambda/deployment-test-traffic/test-traffic';

type Sent = Parameters<Connector['send']>[0];

const traffic: TestTraffic = {
  loadBalancerName: 'app/service/50dc6c495c0c9188',
  port: 8444,
  protocol: 'https',
  host: 'api.example.com',
  paths: ['/ready'],
  requests: 50,
  maxErrorRate: 0.05,
  maxP95Ms: 1000,
  verify: true,
};

async function send(
  change: Partial<TestTraffic> = {},
  nodes = ['10.0.0.4', '10.0.1.4'],
  answer = async (): Promise<Outcome> => ({ status: 200, ms: 5 }),
) {
  const sent: Sent[] = [];
  let elapsed = 0;
  let open = 0;
  let mostOpen = 0;
  const connector: Connector = {
    send: async (request) => {
      sent.push(request);
      elapsed += 1_000;
      mostOpen = Math.max(mostOpen, ++open);
      const outcome = await answer();
      open--;
      return outcome;
    },
  };
  const addresses = { find: async () => nodes };
  const result = await sendTestTraffic({ ...traffic, ...change }, { addresses, connector, now: () => elapsed, deadline: 60_000 });
  return { result, sent, mostOpen };
}

test('sends fifty requests and passes', async () => {
  expect((await send()).result).toMatchObject({ passed: true, requests: 50 });
});

test('sends to every node of the load balancer in turn', async () => {
  const { sent } = await send({ requests: 4 });
  expect(sent.map(({ address }) => address)).toEqual(['10.0.0.4', '10.0.1.4', '10.0.0.4', '10.0.1.4']);
});

test('sends every path to every node', async () => {
  const { sent } = await send({ requests: 4, paths: ['/a', '/b'] });
  expect(sent.map(({ address, path }) => address + path)).toEqual(['10.0.0.4/a', '10.0.1.4/a', '10.0.0.4/b', '10.0.1.4/b']);
});

test('sends five requests at a time', async () => {
  expect((await send()).mostOpen).toBe(5);
});

test('sends everything again when it is called again', async () => {
  await send();
  expect((await send()).sent).toHaveLength(50);
});

test('fails on server errors', async () => {
  const { result } = await send({}, undefined, async () => ({ status: 502, ms: 5 }));
  expect(result.reasons).toEqual(['50 of 50 requests failed']);
});

test('fails when the load balancer has no network interface', async () => {
  expect((await send({}, [])).result).toMatchObject({
    passed: false,
    reasons: ['app/service/50dc6c495c0c9188 has no network interface'],
  });
});

test('gives a request ten seconds at most', async () => {
  expect((await send()).sent[0].timeoutMs).toBe(10_000);
});

test('gives a late request no more than the time that is left', async () => {
  expect((await send({ requests: 60 })).sent.at(-1)?.timeoutMs).toBe(1_000);
});

test('counts what the deadline leaves unsent as failed', async () => {
  const { result, sent } = await send({ requests: 80 });
  expect([sent.length, result.seen.DEADLINE, result.reasons]).toEqual([60, 20, ['20 of 80 requests failed']]);
});
