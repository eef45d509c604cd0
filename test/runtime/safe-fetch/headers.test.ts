import { headerFault } from '../../../runtime/src/safe-fetch';
import { closeAll, OK, receiver, safeFetch } from './support';

afterEach(closeAll);

const BAD_VALUES: readonly (readonly [string, string])[] = [
  ['CRLF', 'a\r\nx-admin: true'],
  ['LF', 'a\nb'],
  ['CR', 'a\rb'],
  ['NUL', 'a\0b'],
  ['DEL', 'a\x7fb'],
  ['vertical tab', 'a\vb'],
  ['Latin-1', 'café'],
  ['unicode', 'a\u010ab'],
  ['leading space', ' a'],
  ['trailing tab', 'a\t'],
];
const BAD_NAMES = ['', 'a b', 'a:b', 'a\r\nb', 'ä', 'x(y)', '__proto__\0'];
const FRAMING = [
  'Host',
  'content-length',
  'Transfer-Encoding',
  'connection',
  'Upgrade',
  'TE',
  'trailer',
  'expect',
  'Proxy-Authorization',
  'accept-encoding',
];
const RESERVED = [
  'webhook-id',
  'Webhook-Signature',
  'content-type',
  'content-encoding',
  'cookie',
  'user-agent',
  'X-Forwarded-For',
  'forwarded',
  'via',
  'x-amz-target',
  'X-Amzn-Trace-Id',
  'x-aws-ec2-metadata-token',
  'metadata-flavor',
  'x-http-method-override',
];

describe('failure mode 22: headers that would break the request or say what is not so are refused', () => {
  test.each(BAD_VALUES)('a value with %s', async (_, value) => {
    const server = await receiver(OK);
    const fault = 'value must be visible ASCII with spaces and tabs only between, without line breaks';
    expect(headerFault('x-team', value)).toBe(fault);
    const error = await safeFetch(server.port).failure(undefined, { headers: { 'x-team': value } });
    expect(error).toMatchObject({ failure: 'refused-address', message: `SafeFetch.post: header ${fault}`, mayHaveArrived: false });
    expect(server.sockets).toHaveLength(0);
  });

  test.each(BAD_NAMES)('the name %j', async (name) => {
    const server = await receiver(OK);
    expect(headerFault(name, 'a')).toMatch(/^name must be letters, digits and/);
    const error = await safeFetch(server.port).failure(undefined, { headers: { [name]: 'a' } });
    expect(error.message).toMatch(/^SafeFetch.post: header name must be letters, digits and/);
    expect(server.sockets).toHaveLength(0);
  });

  test.each(FRAMING)('the reserved name %s, at registration and when it is sent', async (name) => {
    const server = await receiver(OK);
    expect(headerFault(name, 'a')).toBe(`name "${name.toLowerCase()}" is reserved`);
    const error = await safeFetch(server.port).failure(undefined, { headers: { [name]: 'a' } });
    expect(error.message).toBe(`SafeFetch.post: header name "${name.toLowerCase()}" is reserved`);
    expect(server.sockets).toHaveLength(0);
  });

  test.each(RESERVED)('the reserved name %s at registration', (name) => {
    expect(headerFault(name, 'a')).toBe(`name "${name.toLowerCase()}" is reserved`);
  });

  test('a name that is there twice', async () => {
    const server = await receiver(OK);
    const error = await safeFetch(server.port).failure(undefined, { headers: { 'x-a': '1', 'X-A': '2' } });
    expect(error.message).toBe('SafeFetch.post: header name "x-a" is there twice');
  });

  test('names and values that are too long', () => {
    expect(headerFault('x'.repeat(129), 'a')).toBe('name must be at most 128 characters, got 129');
    expect(headerFault('x-a', 'a'.repeat(4097))).toBe('value must be at most 4096 characters, got 4097');
  });

  test.each(['authorization', 'X-Api-Key', 'x-team', 'accept', 'traceparent'])('%s is welcome', (name) => {
    expect(headerFault(name, 'Bearer a\tb')).toBeUndefined();
  });

  test('a body is sent as it is: dots, unicode, NUL and line breaks', async () => {
    const server = await receiver(OK);
    const body = 'a.b\r\n\0ü\r\n\r\nPOST / HTTP/1.1\r\n';
    await safeFetch(server.port).post(undefined, { body });
    expect(
      server.requests.join('').endsWith(`content-length: ${Buffer.byteLength(body)}\r\n\r\n${Buffer.from(body).toString('latin1')}`),
    ).toBe(true);
  });
});

test.each(['__proto__', 'constructor', 'toString'])('sends a header of the name %s as any other', async (name) => {
  const server = await receiver(OK);
  expect(headerFault(name, 'a')).toBeUndefined();
  await safeFetch(server.port).post(undefined, { headers: Object.fromEntries([[name, 'own']]) });
  expect(server.requests.join('')).toContain(`\r\n${name.toLowerCase()}: own\r\n`);
});

test('sends what it was given, with the name as host, and nothing that asks for compression', async () => {
  const server = await receiver(OK);
  await safeFetch(server.port).post('http://example.com/hook?a=1#part', {
    headers: { 'Webhook-Id': 'msg_1', 'content-type': 'application/json' },
  });
  expect(server.requests).toEqual([
    [
      'POST /hook?a=1 HTTP/1.1',
      'host: example.com',
      'connection: keep-alive',
      'webhook-id: msg_1',
      'content-type: application/json',
      'accept-encoding: identity',
      'content-length: 2',
      '',
      '{}',
    ].join('\r\n'),
  ]);
});
