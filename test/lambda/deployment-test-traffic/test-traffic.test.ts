import { parseTestTraffic } from '../../../lambda/deployment-test-traffic/test-traffic';

const valid = {
  loadBalancerName: 'app/service/50dc6c495c0c9188',
  port: 8444,
  host: 'api.example.com',
  paths: ['/api/health/ready'],
  requests: 50,
  maxErrorRate: 0.05,
  maxP95Ms: 1000,
  protocol: 'https',
};

const parse = (change: object) => () => parseTestTraffic(JSON.stringify({ ...valid, ...change }));

test('reads what to send', () => {
  expect(parse({})()).toMatchObject(valid);
});

test('verifies the certificate unless told otherwise', () => {
  expect(parse({})().verify).toBe(true);
});

test('leaves the certificate unverified when told to', () => {
  expect(parse({ verify: false })().verify).toBe(false);
});

test.each([
  ['loadBalancerName', 'service', 'app/<name>/<id>, got "service"'],
  ['port', 0, '1 to 65535, got 0'],
  ['protocol', 'tcp', 'http or https, got "tcp"'],
  ['host', 'https://api.example.com', 'a host name, got "https://api.example.com"'],
  ['paths', [], 'a list of absolute paths, got []'],
  ['paths', ['health'], 'a list of absolute paths, got ["health"]'],
  ['requests', 0, '1 to 10000, got 0'],
  ['maxErrorRate', 5, '0 to 1, got 5'],
  ['maxP95Ms', '1000', '1 to 60000, got "1000"'],
  ['verify', 'no', 'true or false, got "no"'],
])('refuses a wrong %s', (name, value, message) => {
  expect(parse({ [name]: value })).toThrow(new Error(`TEST_TRAFFIC: ${name} must be ${message}`));
});

test('names every fault at once', () => {
  expect(parse({ port: undefined, requests: 1.5 })).toThrow(
    new Error('TEST_TRAFFIC: port must be 1 to 65535, got nothing; requests must be 1 to 10000, got 1.5'),
  );
});

test.each([
  ['nothing', undefined],
  ['{', '{'],
  ['[]', '[]'],
])('refuses %s for a configuration', (shown, text) => {
  expect(() => parseTestTraffic(text)).toThrow(`TEST_TRAFFIC: the value must be a JSON object, got ${shown}`);
});
