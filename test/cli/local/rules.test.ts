import { Reference } from '../../../lib/assembly';
import { decide, matches, type Rule, type RuleRequest } from '../../../cli/src/local/balancer/rules';

const blue = new Reference('Api', 'Blue', 'Ref');
const green = new Reference('Api', 'Green', 'Ref');

function request(change: Partial<RuleRequest> & { readonly headers?: { readonly [name: string]: string } } = {}): RuleRequest {
  const { headers = {}, ...rest } = change;
  return {
    method: 'GET',
    host: 'api.example.com',
    path: '/api/items',
    query: '',
    address: '127.0.0.1',
    header: (name) => headers[name.toLowerCase()],
    ...rest,
  };
}

const fixed = (body: string) => ({
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '200', ContentType: 'text/plain', MessageBody: body },
});
const rule = (condition: Rule['conditions'][number]): Rule[] => [
  { priority: 1, conditions: [condition], actions: [fixed('yes')] },
  { priority: Infinity, conditions: [], actions: [fixed('no')] },
];
const answered = (condition: Rule['conditions'][number], change: Parameters<typeof request>[0]) => {
  const decision = decide(rule(condition), request(change), () => 0);
  return decision.kind === 'fixed' ? decision.body : decision.kind;
};

test.each([
  ['/api/*', '/api/items', true],
  ['/api/*', '/api', false],
  ['/a?i', '/api', true],
  ['/a?i', '/apii', false],
  ['/v1.0/*', '/v1x0/items', false],
  ['*', '/anything', true],
  ['/API', '/api', false],
])('pattern %s against %s is %s', (pattern, value, expected) => {
  expect(matches(pattern, value)).toBe(expected);
});

test.each([
  ['path-pattern', { PathPatternConfig: { Values: ['/x', '/api/*'] } }, { path: '/api/a' }, 'yes'],
  ['path-pattern', { Values: ['/x'] }, { path: '/api/a' }, 'no'],
  ['host-header', { HostHeaderConfig: { Values: ['*.Example.com'] } }, { host: 'API.example.com:8080' }, 'yes'],
  ['host-header', { Values: ['other.com'] }, {}, 'no'],
  ['http-request-method', { HttpRequestMethodConfig: { Values: ['POST'] } }, { method: 'POST' }, 'yes'],
  [
    'http-header',
    { HttpHeaderConfig: { HttpHeaderName: 'User-Agent', Values: ['*Chrome*'] } },
    { headers: { 'user-agent': 'x chrome y' } },
    'yes',
  ],
  ['http-header', { HttpHeaderConfig: { HttpHeaderName: 'User-Agent', Values: ['*'] } }, {}, 'no'],
  ['query-string', { QueryStringConfig: { Values: [{ Key: 'v', Value: '2' }] } }, { query: 'a=1&v=2' }, 'yes'],
  ['query-string', { QueryStringConfig: { Values: [{ Value: '3' }] } }, { query: 'a=1&v=2' }, 'no'],
  ['source-ip', { SourceIpConfig: { Values: ['127.0.0.0/8'] } }, {}, 'yes'],
  ['source-ip', { SourceIpConfig: { Values: ['10.0.0.0/8', '2001:db8::/32'] } }, {}, 'no'],
  ['something-new', {}, {}, 'no'],
])('condition %s %j', (Field, config, change, expected) => {
  expect(answered({ Field, ...config }, change)).toBe(expected);
});

test('REC-4.6 the first rule by priority whose conditions all hold decides', () => {
  const rules: Rule[] = [
    {
      priority: 5,
      conditions: [
        { Field: 'path-pattern', Values: ['/admin'] },
        { Field: 'host-header', Values: ['x.com'] },
      ],
      actions: [fixed('a')],
    },
    { priority: 10, conditions: [{ Field: 'path-pattern', Values: ['/admin'] }], actions: [fixed('b')] },
    { priority: Infinity, conditions: [], actions: [fixed('c')] },
  ];

  expect(decide(rules, request({ path: '/admin' }), () => 0)).toMatchObject({ body: 'b' });
  expect(decide(rules, request({ path: '/admin', host: 'x.com' }), () => 0)).toMatchObject({ body: 'a' });
  expect(decide(rules, request(), () => 0)).toMatchObject({ body: 'c' });
});

test.each([
  [[100, 0], 0.999, blue],
  [[0, 100], 0, green],
  [[5, 95], 0.04, blue],
  [[5, 95], 0.06, green],
])('forwards by weights %j: a draw of %d gives %s', (weights, draw, expected) => {
  const TargetGroups = [
    { TargetGroupArn: blue, Weight: weights[0] },
    { TargetGroupArn: green, Weight: weights[1] },
  ];
  const rules = [{ priority: 1, conditions: [], actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] }];

  expect(decide(rules, request(), () => draw)).toEqual({ kind: 'forward', targetGroup: expected });
});

test('redirects with the parts of the request', () => {
  const RedirectConfig = { Protocol: 'HTTPS', Port: '443', Path: '/new/#{path}', StatusCode: 'HTTP_302' };
  const rules = [{ priority: 1, conditions: [], actions: [{ Type: 'redirect', RedirectConfig }] }];

  expect(decide(rules, request({ host: 'api.example.com:8080', query: 'a=1' }), () => 0)).toEqual({
    kind: 'redirect',
    status: 302,
    location: 'https://api.example.com:443/new/api/items?a=1',
  });
});

test('names an action that is not understood', () => {
  const rules = [
    {
      priority: 1,
      conditions: [],
      actions: [
        { Type: 'authenticate-cognito', Order: 1 },
        { ...fixed('x'), Order: 2 },
      ],
    },
  ];

  expect(decide(rules, request(), () => 0)).toEqual({ kind: 'unknown', type: 'authenticate-cognito' });
});
