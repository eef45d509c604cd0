import fc from 'fast-check';
import { clientAddress, extendForwardedFor, plainAddress, readRequestHead, readResponseHead, targetFault } from 'plinth-runtime';

const HOST = ['Host', 'api.example.com'];
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'];
const INTERNAL = ['plinth-deadline', 'Plinth-Tenant', 'PLINTH_TENANT'];

const names = (flat: string[]) => flat.filter((_text, at) => at % 2 === 0).map((name) => name.toLowerCase());
const header = fc.tuple(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,11}$/), fc.stringMatching(/^[ -~]{0,12}$/));
const special = fc.tuple(fc.constantFrom(...HOP_BY_HOP, ...INTERNAL), fc.constantFrom('a', 'close', 'x-hop'));
const headers = fc.array(fc.oneof(header, special), { maxLength: 12 });

describe('the request headers that reach the app', () => {
  it('hold nothing hop-by-hop and nothing internal, whatever came', () => {
    fc.assert(
      fc.property(headers, (came) => {
        const kept = names(readRequestHead([...HOST, ...came.flat()], '1.1').kept);
        expect(kept.filter((name) => HOP_BY_HOP.includes(name) || /^plinth[-_]/.test(name) || name === 'content-length')).toEqual([]);
      }),
    );
  });

  it('are what came, in order, when nothing special is among it', () => {
    const plain = fc.array(fc.tuple(fc.stringMatching(/^y-[a-z]{1,8}$/), fc.string()), { maxLength: 10 });
    fc.assert(
      fc.property(plain, (came) => {
        expect(readRequestHead([...HOST, ...came.flat()], '1.1').kept).toEqual([...HOST, ...came.flat()]);
      }),
    );
  });

  it('lose what Connection nominates', () => {
    expect(readRequestHead([...HOST, 'Connection', 'close, Y-Hop', 'y-hop', '1'], '1.1').kept).toEqual(HOST);
  });

  it.each(['Authorization', 'Cookie', 'X-Amzn-Trace-Id', 'Content-Type'])('keep %s even when Connection nominates it', (name) => {
    expect(readRequestHead([...HOST, 'Connection', name, name, '1'], '1.1').kept).toEqual([...HOST, name, '1']);
  });
});

describe('an ambiguous request head', () => {
  it.each([
    ['no Host', [], 'the request must have exactly one Host header'],
    ['two Hosts', [...HOST, ...HOST], 'the request must have exactly one Host header'],
    ['a Host with a path', ['Host', 'a/b'], 'the Host header must be a host and an optional port'],
    ['two lengths', [...HOST, 'Content-Length', '1', 'content-length', '1'], 'Content-Length must be given once'],
    ['a signed length', [...HOST, 'Content-Length', '+1'], 'Content-Length must be digits'],
    [
      'length and encoding',
      [...HOST, 'Content-Length', '1', 'Transfer-Encoding', 'chunked'],
      'Content-Length and Transfer-Encoding exclude each other',
    ],
    ['two encodings', [...HOST, 'Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'], 'Transfer-Encoding must be given once'],
    ['an encoding chain', [...HOST, 'Transfer-Encoding', 'gzip, chunked'], 'Transfer-Encoding must be chunked'],
  ])('is refused for %s', (_name, raw, fault) => {
    expect(readRequestHead(raw, '1.1').fault).toBe(fault);
  });

  it('is refused for an encoding in HTTP/1.0', () => {
    expect(readRequestHead([...HOST, 'Transfer-Encoding', 'chunked'], '1.0').fault).toBe('Transfer-Encoding needs HTTP/1.1');
  });
});

describe('a request target', () => {
  it.each(['/', '/api/items?q=../x', '/.well-known/a', '/a..b', '/a/...', '/a%20b', '//a'])('%s is served', (target) => {
    expect(targetFault(target)).toBeUndefined();
  });

  it.each(['', '*', 'http://a/', 'a:443', '/a b', '/a#b', '/é'])('%j is refused as no path', (target) => {
    expect(targetFault(target)).toBe('the request target must be a path');
  });

  it.each(['/a/../b', '/..', '/./a', '/a/%2e%2E/b', '/a%2f..%2fb', '/a\\..\\b'])('%s is refused for its dot segment', (target) => {
    expect(targetFault(target)).toBe('the path must not hold dot segments');
  });
});

describe('the response headers that reach the client', () => {
  it('hold nothing hop-by-hop and nothing internal, whatever came', () => {
    fc.assert(
      fc.property(headers, (came) => {
        const kept = names(readResponseHead(came.flat()).kept);
        expect(kept.filter((name) => (HOP_BY_HOP.includes(name) && name !== 'expect') || /^plinth[-_]/.test(name))).toEqual([]);
      }),
    );
  });

  it.each([
    ['text/event-stream', true],
    ['text/event-stream; charset=utf-8', true],
    ['application/json', false],
  ])('tell of %s that it is an event stream: %s', (type, expected) => {
    expect(readResponseHead(['Content-Type', type]).isEventStream).toBe(expected);
  });
});

describe('forwarded addresses', () => {
  it('are extended by the peer', () => {
    expect(extendForwardedFor('203.0.113.7', '10.0.0.1')).toBe('203.0.113.7, 10.0.0.1');
  });

  it.each([
    [undefined, '10.0.0.1'],
    ['', '10.0.0.1'],
    ['203.0.113.7', '203.0.113.7'],
    ['forged, 203.0.113.7', '203.0.113.7'],
  ])('name the client of %j as %s', (came, expected) => {
    expect(clientAddress(came, '10.0.0.1')).toBe(expected);
  });

  it('are plain IPv4 where the socket maps them', () => {
    expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
  });
});
