import { isPublicAddress, UrlRules } from '../../../runtime/src/safe-fetch';

const rules = new UrlRules({ refusedHosts: ['api.plinth.example', '52.1.2.3'], refusedNetworks: ['18.0.0.0/8', '2600:1f00::/24'] });

describe('failure mode 10: literal addresses in every spelling are refused', () => {
  test.each([
    ['dotted loopback', '127.0.0.1'],
    ['any of 127/8', '127.255.255.254'],
    ['decimal', '2130706433'],
    ['hexadecimal', '0x7f000001'],
    ['hexadecimal and short', '0x7f.1'],
    ['short', '127.1'],
    ['octal', '0177.0.0.1'],
    ['octal metadata', '0251.0376.0251.0376'],
    ['mixed bases', '0xa9.254.0251.254'],
    ['circled digits', '①②⑦.⓪.⓪.①'],
    ['full-width digits', '１２７.０.０.１'],
    ['ideographic stops', '127。0。0。1'],
    ['percent-encoded', '%31%32%37.0.0.1'],
    ['trailing dot', '127.0.0.1.'],
    ['this network', '0.0.0.0'],
    ['zero', '0'],
    ['private 10/8', '10.1.2.3'],
    ['private 172.16/12, first', '172.16.0.1'],
    ['private 172.16/12, last', '172.31.255.255'],
    ['private 192.168/16', '192.168.0.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['carrier-grade NAT, last', '100.127.255.255'],
    ['metadata', '169.254.169.254'],
    ['container credentials', '169.254.170.2'],
    ['metadata, decimal', '2852039166'],
    ['protocol assignments', '192.0.0.192'],
    ['documentation 1', '192.0.2.1'],
    ['documentation 2', '198.51.100.1'],
    ['documentation 3', '203.0.113.1'],
    ['6to4 relay', '192.88.99.1'],
    ['benchmarking', '198.19.255.255'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['v6 loopback', '[::1]'],
    ['v6 loopback, long', '[0:0:0:0:0:0:0:1]'],
    ['v6 unspecified', '[::]'],
    ['mapped loopback', '[::ffff:127.0.0.1]'],
    ['mapped private, hexadecimal', '[::ffff:a00:1]'],
    ['mapped public', '[::ffff:8.8.8.8]'],
    ['compatible', '[::10.0.0.1]'],
    ['translated', '[::ffff:0:10.0.0.1]'],
    ['NAT64 private', '[64:ff9b::10.0.0.1]'],
    ['NAT64 public', '[64:ff9b::808:808]'],
    ['local NAT64', '[64:ff9b:1::a00:1]'],
    ['6to4', '[2002:a00:1::]'],
    ['Teredo', '[2001:0:4136:e378::1]'],
    ['ORCHID', '[2001:20::1]'],
    ['v6 documentation', '[2001:db8::1]'],
    ['v6 documentation, new', '[3fff::1]'],
    ['discard', '[100::1]'],
    ['SRv6', '[5f00::1]'],
    ['unique local', '[fc00::1]'],
    ['metadata v6', '[fd00:ec2::254]'],
    ['name server v6', '[fd00:ec2::253]'],
    ['link-local', '[fe80::1]'],
    ['site-local', '[fec0::1]'],
    ['v6 multicast', '[ff02::1]'],
    ['beyond global unicast', '[4000::1]'],
    ['zone id', '[fe80::1%25eth0]'],
    ['zone id on a public address', '[2606:4700::1%25eth0]'],
    ['refused network', '18.7.7.7'],
    ['refused v6 network', '[2600:1f18::1]'],
    ['refused host by address', '52.1.2.3'],
    ['refused host by address, hexadecimal', '0x34010203'],
  ])('%s: %s', (_, host) => {
    expect(rules.fault(`https://${host}/`)?.given).toMatch(/^(the host "|"https:)/);
    expect(rules.fault(`https://${host}/`)?.allowed).toBe('an https URL of a public host, without user and password');
  });

  test.each([
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '[2606:4700:4700::1111]',
    '[2a00:1450::1]',
    'example.com',
    'example.com.',
    'bücher.example',
  ])('takes %s', (host) => expect(rules.fault(`https://${host}/a?b=c`)).toBeUndefined());
});

describe('names, ports and users', () => {
  test.each([
    'localhost',
    'LOCALHOST.',
    'a.localhost',
    'printer.local',
    'db.internal',
    'ip-10-0-0-1.ec2.internal.',
    'router.lan',
    'nas.home.arpa',
    'intranet',
    'api.plinth.example',
    'API.plinth.example.',
    'v1.api.plinth.example..',
  ])('refuse the name %s', (host) => expect(rules.fault(`https://${host}/`)?.given).toMatch(/^(the host "|"https:)/));

  test('a name that only ends like a refused one is another', () => {
    expect(rules.fault('https://notapi.plinth.example/')).toBeUndefined();
  });

  test.each([22, 25, 80, 6379, 8443])('refuse port %i', (port) => {
    expect(rules.fault(`https://example.com:${port}/`)).toEqual({ given: `port ${port}`, allowed: 'port 443' });
  });

  test.each([
    'https://user:secret@example.com/',
    'https://user@example.com',
    'https://example.com@169.254.169.254/',
    'ftp://a:secret@b.example/',
    'https://a:secret@:1/',
  ])('never show a password: %s', (url) => {
    expect(rules.fault(url)?.given).toMatch(/^(a URL with user or password|no URL)$/);
  });

  test.each([
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'data:,x',
    'example.com',
    'https://',
  ])('refuse what is not https: %s', (url) => expect(rules.fault(url)).toEqual({ given: JSON.stringify(url), allowed: rules.allowed }));

  test('take http and its port where that is allowed', () => {
    const http = new UrlRules({ allowHttp: true });
    expect(http.fault('http://example.com/')).toBeUndefined();
    expect(http.fault('http://example.com:8080/')).toEqual({ given: 'port 8080', allowed: 'port 443 or 80' });
  });

  test('take the ports that are given', () => {
    expect(new UrlRules({ ports: [8443] }).fault('https://example.com:8443/')).toBeUndefined();
  });
});

describe('a run on one’s own machine', () => {
  const local = new UrlRules({ allowLoopback: true, refusedHosts: ['127.0.0.1:9001'] });

  test.each(['http://127.0.0.1:4000/', 'https://127.8.9.1/', 'http://[::1]:8080/', 'http://localhost:3000/hook'])('takes %s', (url) => {
    expect(local.fault(url)).toBeUndefined();
  });

  test.each([
    'http://127.0.0.1:9001/',
    'http://0.0.0.0/',
    'http://[::ffff:127.0.0.1]/',
    'http://a.localhost/',
    'http://10.0.0.1/',
    'http://example.com/',
  ])('refuses %s', (url) =>
    expect(local.fault(url)?.allowed).toBe('an https URL of a public host, without user and password, or an http URL of this machine'),
  );

  test('takes an address of this machine only from this machine’s own name', () => {
    expect(local.addressFault('127.0.0.1', new URL('http://localhost:4000'))).toBeUndefined();
    expect(local.addressFault('127.0.0.1', new URL('https://example.com'))).toBe('127.0.0.1, which is not a public address');
    expect(local.addressFault('127.0.0.1', new URL('http://localhost:9001'))).toBe('127.0.0.1, which is refused');
  });
});

describe('what a function runs beside', () => {
  afterEach(() => {
    delete process.env.AWS_LAMBDA_RUNTIME_API;
  });

  test('the API of its own runtime is refused, whatever is allowed', () => {
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001';
    const local = new UrlRules({ allowLoopback: true });
    expect(local.fault('http://127.0.0.1:9001/2018-06-01/runtime/invocation/next')?.given).toBe('the host "127.0.0.1"');
    expect(local.fault('http://127.0.0.1:9002/')).toBeUndefined();
  });
});

test.each([
  [{ refusedNetworks: ['10.0.0.0'] }, 'refusedNetworks must be addresses with a prefix such as 10.0.0.0/8 or fd00::/8, got "10.0.0.0"'],
  [
    { refusedNetworks: ['10.0.0.0/33'] },
    'refusedNetworks must be addresses with a prefix such as 10.0.0.0/8 or fd00::/8, got "10.0.0.0/33"',
  ],
  [{ refusedNetworks: ['vpc/8'] }, 'refusedNetworks must be addresses with a prefix such as 10.0.0.0/8 or fd00::/8, got "vpc/8"'],
  [{ refusedHosts: ['a b'] }, 'refusedHosts must be hosts such as api.example.com or 127.0.0.1:9001, got "a b"'],
  [{ refusedHosts: [''] }, 'refusedHosts must be hosts such as api.example.com or 127.0.0.1:9001, got ""'],
  [{ ports: [0] }, 'ports must be whole numbers from 1 to 65535, got 0'],
])('refuses the option %j', (options, message) => expect(() => new UrlRules(options)).toThrow(message));

test.each(['', 'example.com', '1.2.3', 'fe80::1%eth0', '2606:4700::1%eth0'])('%j is no public address', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
