import { App, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Route } from '../../lib/gateway/route';
import { Firewall, type FirewallProps } from '../../lib/service/firewall';
import { evaluate, type ExampleRequest } from './firewall-evaluator';

function firewall(props?: FirewallProps): (request: ExampleRequest) => ReturnType<typeof evaluate> {
  const stack = new Stack(new App(), 'Service');
  new Firewall(stack, 'Firewall', props);
  const template = Template.fromStack(stack);
  return (request) => evaluate(template, request);
}

const keyed = { 'x-api-key': 'k-1' };
const sized = (bytes: number | string) => ({ headers: { 'content-length': String(bytes) } });

describe('rates', () => {
  const ask = firewall();

  test('REC-8.6 passes the hundredth request a minute without a key', () => {
    expect(ask({ sentLastMinute: 100 }).action).toBe('allow');
  });

  test('REC-8.6 refuses the hundred and first request a minute without a key', () => {
    expect(ask({ sentLastMinute: 101 })).toMatchObject({ action: 'block', rule: 'rate-without-key', status: 429 });
  });

  test('REC-8.6 tells a refused client to come back after a minute', () => {
    expect(ask({ sentLastMinute: 101 }).headers).toEqual({ 'Retry-After': '60' });
  });

  test('REC-8.6 answers a refused client with a problem document', () => {
    expect(ask({ sentLastMinute: 101 }).body).toMatchObject({ title: 'Too Many Requests', status: 429, code: 'rate_limited' });
  });

  test.each(['x-api-key', 'authorization'])('REC-8.6 lets a client that sends %s send 9,999 a minute', (header) => {
    expect(ask({ headers: { [header]: 'k-1' }, sentLastMinute: 9_999 }).action).toBe('allow');
  });

  test('REC-8.6 counts an empty key header as no key', () => {
    expect(ask({ headers: { 'x-api-key': '' }, sentLastMinute: 101 }).rule).toBe('rate-without-key');
  });

  test('REC-8.6 stops a flood of more than 10,000 a minute whatever it carries', () => {
    expect(ask({ headers: keyed, sentLastMinute: 10_001 })).toMatchObject({ action: 'block', rule: 'flood', status: 429 });
  });

  test('REC-8.6 takes other limits', () => {
    expect(firewall({ rateLimits: { withoutKey: 20 } })({ sentLastMinute: 21 }).rule).toBe('rate-without-key');
  });

  test('REC-8.6 takes other key headers, in any case', () => {
    expect(firewall({ keyHeaders: ['X-Partner-Key'] })({ headers: { 'x-partner-key': 'p' }, sentLastMinute: 500 }).action).toBe('allow');
  });
});

describe('body sizes', () => {
  const ask = firewall({
    routes: [
      Route.api('/api/files/notes', { maxBody: Size.kibibytes(1) }),
      Route.upload('/api/files/*', { maxBody: Size.mebibytes(10) }),
      Route.api('/api/status'),
    ],
  });

  test('REC-8.7 passes content-length 65536 on a plain path', () => {
    expect(ask({ path: '/api/search', ...sized(65_536) }).action).toBe('allow');
  });

  test('REC-8.7 refuses content-length 65537 on a plain path', () => {
    expect(ask({ path: '/api/search', ...sized(65_537) })).toMatchObject({
      rule: 'body-size',
      status: 413,
      body: { title: 'Content Too Large', code: 'content_too_large' },
    });
  });

  test('REC-8.7 refuses content-length 65537 when no route is named at all', () => {
    expect(firewall()({ path: '/api/files/a', ...sized(65_537) }).rule).toBe('body-size');
  });

  test('REC-8.7 is not fooled by leading zeros', () => {
    expect(ask({ path: '/api/search', ...sized('00065537') }).rule).toBe('body-size');
  });

  test('REC-8.7 passes content-length 65537 on an upload route', () => {
    expect(ask({ path: '/api/files/a.pdf', ...sized(65_537) }).action).toBe('allow');
  });

  test('REC-8.7 passes a body of exactly the upload limit', () => {
    expect(ask({ path: '/api/files/a.pdf', ...sized(10 * 1024 ** 2) }).action).toBe('allow');
  });

  test('REC-8.7 refuses one byte over the upload limit', () => {
    expect(ask({ path: '/api/files/a.pdf', ...sized(10 * 1024 ** 2 + 1) }).rule).toBe('body-size');
  });

  test('REC-8.7 lets the first route that matches decide', () => {
    expect(ask({ path: '/api/files/notes', ...sized(1_025) }).rule).toBe('body-size');
  });

  test('REC-8.7 matches an exact route exactly', () => {
    expect(ask({ path: '/api/files/notes/1', ...sized(1_025) }).action).toBe('allow');
  });

  test('REC-8.7 leaves a body of undeclared length to the gateway', () => {
    expect(ask({ path: '/api/search' }).action).toBe('allow');
  });
});

describe('lists and countries', () => {
  const lists = { allowList: ['203.0.113.0/24', '2001:db8:1::/48'], denyList: ['203.0.113.9/32', '198.18.0.0/15', '2001:db8:2::/48'] };
  const ask = firewall({ ...lists, countries: ['DE', 'FR'] });

  test.each(['198.19.255.1', '2001:db8:2::1'])('REC-8.7 refuses the denied address %s', (ip) => {
    expect(ask({ ip, country: 'DE' })).toMatchObject({ action: 'block', rule: 'deny-list', status: 403, body: { code: 'forbidden' } });
  });

  test.each(['203.0.113.9', '2001:db8:1::1'])('REC-8.7 passes the allowed address %s before every other rule', (ip) => {
    const worst = { ...sized(1e9), country: 'US', sentLastMinute: 1e6, recognizedAs: ['SQLi_BODY'] };
    expect(ask({ ip, ...worst })).toEqual({ action: 'allow', rule: 'allow-list' });
  });

  test('REC-8.7 passes a request from a country on the list', () => {
    expect(ask({ country: 'FR' }).action).toBe('allow');
  });

  test('REC-8.7 refuses a request from another country', () => {
    expect(ask({ country: 'US' })).toMatchObject({ rule: 'countries', status: 403 });
  });

  test('REC-8.7 lets the test requests of a deployment through, which come from inside and have no country', () => {
    expect(ask({ country: '', ip: '10.0.1.7' })).toMatchObject({ action: 'allow' });
  });

  test('REC-8.7 lets every country call when none is named', () => {
    expect(firewall()({ country: 'US' }).action).toBe('allow');
  });
});

describe('managed rules', () => {
  const ask = firewall({ exceptions: [{ rule: 'SQLi_BODY', paths: ['/api/queries/*', '/api/explain'] }] });
  const sql = { recognizedAs: ['SQLi_BODY'] };

  test.each([
    ['a body over 8 KB', 'SizeRestrictions_BODY'],
    ['a client without a user agent', 'NoUserAgent_HEADER'],
    ['a query string over 2 KB', 'SizeRestrictions_QUERYSTRING'],
    ['markup in a body', 'CrossSiteScripting_BODY'],
    ['a relative path in a body', 'GenericLFI_BODY'],
    ['an address by number in a body', 'GenericRFI_BODY'],
  ])('REC-8.7 only counts %s', (_what, recognized) => {
    expect(ask({ recognizedAs: [recognized] }).action).toBe('allow');
  });

  test.each([
    ['ip-reputation', 'AWSManagedIPReputationList'],
    ['core-rule-set', 'CrossSiteScripting_QUERYARGUMENTS'],
    ['known-bad-inputs', 'Log4JRCE_BODY'],
    ['sql-injection', 'SQLi_QUERYARGUMENTS'],
  ])('REC-8.7 refuses by %s what %s recognizes', (rule, recognized) => {
    expect(ask({ recognizedAs: [recognized] })).toMatchObject({ action: 'block', rule, status: 403 });
  });

  test.each(['/api/queries/7', '/api/explain'])('REC-8.7 passes what an exception names on %s', (path) => {
    expect(ask({ path, ...sql }).action).toBe('allow');
  });

  test('REC-8.7 refuses on other paths what an exception names', () => {
    expect(ask({ path: '/api/users', ...sql })).toMatchObject({ action: 'block', rule: 'except-SQLi_BODY', status: 403 });
  });

  test.each(['/api/queries/../users', '/api/queries/%2e%2e/users'])('REC-8.7 is not fooled into an exception by %s', (path) => {
    expect(ask({ path, ...sql }).rule).toBe('except-SQLi_BODY');
  });

  test('REC-8.7 keeps blocking by the rest of an excepted group', () => {
    expect(ask({ path: '/api/queries/7', recognizedAs: ['SQLi_BODY', 'SQLi_COOKIE'] }).rule).toBe('sql-injection');
  });

  test('REC-8.7 joins two exceptions for the same rule', () => {
    const twice = firewall({
      exceptions: [
        { rule: 'SQLi_BODY', paths: ['/a'] },
        { rule: 'SQLi_BODY', paths: ['/b'] },
      ],
    });
    expect(['/a', '/b', '/c'].map((path) => twice({ path, ...sql }).action)).toEqual(['allow', 'allow', 'block']);
  });
});
