import { setImmediate as turn } from 'node:timers/promises';
import { dnsResolve } from '../../../runtime/src/safe-fetch';
import { ManualClock } from '../../support/manual-clock';
import { dnsServer, type Records } from './dns-server';
import { closeAll, names, OK, OTHER_PUBLIC, PUBLIC, receiver, safeFetch } from './support';

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await closeAll();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A SafeFetch that asks a real name server, which knows these names. */
async function asking(records: Records) {
  const [server, dns] = await Promise.all([receiver(OK), dnsServer(records)]);
  servers.push(dns);
  const resolve = dnsResolve({ servers: [dns.address], timeoutMs: 120 });
  return { ...safeFetch(server.port, { resolve }), server, dns };
}

describe('failure mode 9: where a name leads', () => {
  test('the address that was checked is dialled, and the name is not looked up again', async () => {
    const { post, dialled, dns, server } = await asking({ 'a.example': { a: [PUBLIC], aaaa: ['2606:2800:220:1:0:0:0:1'] } });
    const response = await post('http://a.example/');
    expect(response).toMatchObject({ status: 200, address: PUBLIC });
    expect(dialled).toEqual([PUBLIC]);
    expect(dns.asked.toSorted()).toEqual(['a.example A', 'a.example AAAA']);
    expect(server.requests[0]).toContain('host: a.example\r\n');
  });

  test.each([
    ['a private address', { a: ['10.0.0.1'] }, '10.0.0.1'],
    ['the metadata service', { a: ['169.254.169.254'] }, '169.254.169.254'],
    ['this machine', { a: ['127.0.0.1'] }, '127.0.0.1'],
    ['a public and a private address', { a: [PUBLIC, '10.0.0.1'] }, '10.0.0.1'],
    ['a public IPv4 and a private IPv6 address', { a: [PUBLIC], aaaa: ['fd00:0ec2:0:0:0:0:0:254'] }, 'fd00:ec2::254'],
    ['a mapped address', { aaaa: ['0:0:0:0:0:ffff:0a00:0001'] }, '::ffff:10.0.0.1'],
    ['a mapped public address', { aaaa: ['0:0:0:0:0:ffff:0808:0808'] }, '::ffff:8.8.8.8'],
    ['NAT64', { aaaa: ['0064:ff9b:0:0:0:0:0a00:0001'] }, '64:ff9b::a00:1'],
    ['6to4', { aaaa: ['2002:0a00:0001:0:0:0:0:1'] }, '2002:a00:1::1'],
  ])('%s is refused before anything is dialled', async (_, record, address) => {
    const { failure, dialled, server } = await asking({ 'a.example': record });
    const error = await failure('http://a.example/');
    expect(error).toMatchObject({ failure: 'refused-address', address, mayHaveArrived: false });
    expect(error.message).toBe(`SafeFetch.post: a.example leads to ${address}, which is not a public address`);
    expect([dialled, server.sockets]).toEqual([[], []]);
  });

  test('an alias of an internal name is refused', async () => {
    const { failure } = await asking({ 'a.example': { cname: 'db.internal' }, 'db.internal': { a: ['10.0.5.5'] } });
    expect(await failure('http://a.example/')).toMatchObject({ failure: 'refused-address', address: '10.0.5.5' });
  });

  test('an alias of a public name is followed', async () => {
    const { post } = await asking({ 'a.example': { cname: 'b.example' }, 'b.example': { a: [PUBLIC] } });
    expect(await post('http://a.example/')).toMatchObject({ status: 200, address: PUBLIC });
  });

  test.each<[string, Records, RegExp]>([
    ['NXDOMAIN', {}, /no address of a\.example: ENOTFOUND/],
    ['SERVFAIL', { 'a.example': 2 }, /no address of a\.example: ESERVFAIL/],
    ['REFUSED', { 'a.example': 5 }, /no address of a\.example: EREFUSED/],
    ['no address', { 'a.example': {} }, /no address of a\.example: ENODATA/],
    ['silence', { 'a.example': 'silent' }, /no address of a\.example: (ETIMEOUT|ECANCELLED)/],
  ])('%s is a failure of DNS', async (_, records, message) => {
    const { failure, dialled } = await asking(records);
    const error = await failure('http://a.example/');
    expect(error).toMatchObject({ failure: 'dns', mayHaveArrived: false });
    expect(error.message).toMatch(message);
    expect(dialled).toEqual([]);
  });

  test('silence of name servers ends with the time of the post', async () => {
    const { failure } = safeFetch(1, { resolve: () => new Promise(() => {}) });
    const error = await failure(undefined, { timeoutMs: 30 });
    expect(error).toMatchObject({ failure: 'timeout', mayHaveArrived: false });
    expect(error.message).toBe('SafeFetch.post: the time was over while asking for the address of example.com');
  });

  test('a name that leads elsewhere from one post to the next is checked each time (TTL 0)', async () => {
    const server = await receiver(OK);
    const answers = [PUBLIC, '10.0.0.1'];
    const { post, failure, dialled } = safeFetch(server.port, { resolve: () => Promise.resolve([{ address: answers.shift()!, ttl: 0 }]) });
    await post();
    expect(await failure()).toMatchObject({ failure: 'refused-address', address: '10.0.0.1' });
    expect(dialled).toEqual([PUBLIC]);
  });

  test('a connection to the address of before is not used for another', async () => {
    const server = await receiver(OK);
    const answers = [PUBLIC, OTHER_PUBLIC, PUBLIC];
    const { post, dialled } = safeFetch(server.port, { resolve: () => Promise.resolve([{ address: answers.shift()!, ttl: 0 }]) });
    expect([(await post()).address, (await post()).address, (await post()).address]).toEqual([PUBLIC, OTHER_PUBLIC, PUBLIC]);
    expect(dialled).toEqual([PUBLIC, OTHER_PUBLIC]);
    expect(server.sockets).toHaveLength(2);
  });

  test('an answer is kept for its own time and for five seconds at most, and a failure not at all', async () => {
    const server = await receiver(OK);
    const clock = new ManualClock();
    let asked = 0;
    const resolve = (host: string) => {
      asked++;
      return names({ 'example.com': [PUBLIC], 'short.example': [] }, host === 'example.com' ? 3_600 : 2)(host);
    };
    const { post, failure } = safeFetch(server.port, { resolve, clock });
    await Promise.all([post(), post()]);
    await post();
    expect(asked).toBe(1);
    await clock.advance(5_000);
    await post();
    expect(asked).toBe(2);
    await failure('http://unknown.example/');
    await failure('http://unknown.example/');
    expect(asked).toBe(4);
  });

  test('a platform’s own host is refused by the address its other names lead to', async () => {
    const server = await receiver(OK);
    const { failure } = safeFetch(server.port, { refusedHosts: ['93.184.216.34'] });
    expect((await failure()).message).toBe('SafeFetch.post: example.com leads to 93.184.216.34, which is refused');
  });
});

test('the next address is tried when one takes no connection, within the time of the post', async () => {
  const server = await receiver(OK);
  const dialled: string[] = [];
  const dial = ({ host }: { readonly host: string }) => {
    dialled.push(host);
    // A port that nobody listens on, then a connection that never comes about, then the server.
    if (dialled.length === 1) return { host: '127.0.0.1', port: 1 };
    if (dialled.length === 2) return { host: 'never', port: 1, lookup: () => {} };
    return { host: '127.0.0.1', port: server.port };
  };
  const { post } = safeFetch(server.port, { resolve: names({ 'example.com': [PUBLIC, '8.8.8.8', OTHER_PUBLIC, '1.1.1.1'] }) }, { dial });
  expect(await post(undefined, { timeoutMs: 200 })).toMatchObject({ status: 200, address: OTHER_PUBLIC });
  expect(dialled).toEqual([PUBLIC, '8.8.8.8', OTHER_PUBLIC]);
});

test('nobody at any address is a failure to connect', async () => {
  const { failure } = safeFetch(1, { resolve: names({ 'example.com': [PUBLIC] }) });
  const error = await failure();
  expect(error).toMatchObject({ failure: 'connect', address: PUBLIC, mayHaveArrived: false });
  expect(error.message).toMatch(/^SafeFetch\.post: no connection to example\.com \(93\.184\.216\.34\): ECONNREFUSED/);
  await turn();
});
