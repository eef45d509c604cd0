import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { CacheError, ValkeyCacheStore } from 'plinth-runtime/cache';
import { type Clock, systemClock } from 'plinth-runtime/resilience';
import { describeWithRedis, RedisServer, until } from '../../support/redis';
import { itKeepsTheContract } from './store-contract';

const TIMEOUT_MS = 50;

function open(
  port: number,
  change: Partial<Parameters<typeof ValkeyCacheStore.open>[0]> = {},
  clock: Clock = systemClock,
): ValkeyCacheStore {
  return ValkeyCacheStore.open({ host: '127.0.0.1', port, cluster: false, tls: false, timeoutMs: 1_000, ...change }, { clock });
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as CacheError).code,
  );

describeWithRedis('ValkeyCacheStore on one server', () => {
  let server: RedisServer;
  let store: ValkeyCacheStore;

  beforeAll(async () => {
    server = await RedisServer.start({ settings: ['--user', 'app', 'on', '>secret', '~*', '+@all', '-@admin'] });
    store = open(server.port, { user: 'app', password: 'secret' });
    await until(() => store.available);
  });

  afterAll(async () => {
    await store.close();
    await server.stop();
  });

  itKeepsTheContract(() => ({ store, pass: (ms) => systemClock.sleep(ms) }));

  it('has no connection with a wrong password, and its error does not hold it', async () => {
    const errors: Error[] = [];
    const config = { host: '127.0.0.1', port: server.port, user: 'app', password: 'wr0ng', cluster: false, tls: false, timeoutMs: 50 };
    const refused = ValkeyCacheStore.open(config, { clock: systemClock, onError: (error) => errors.push(error) });
    await until(() => errors.length > 0);
    const code = await codeOf(refused.get('key'));
    await refused.close();
    expect([code, errors.some(({ message }) => message.includes('wr0ng'))]).toEqual(['cache_unavailable', false]);
  });

  it('is available again after its server hung, and leaves it alone meanwhile', async () => {
    let ahead = 0;
    const clock = { ...systemClock, now: () => Date.now() + ahead };
    const hung = open(server.port, { user: 'app', password: 'secret', timeoutMs: TIMEOUT_MS }, clock);
    await until(() => hung.available);
    server.hang();
    const codes: string[] = [];
    const began = performance.now();
    for (let time = 0; time < 8; time += 1) codes.push(await codeOf(hung.get('key')));
    const tookMs = performance.now() - began;
    server.resume();
    ahead = 2_000;
    await until(() => hung.available);
    const after = await hung.get('key');
    await hung.close();
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'cache_timeout'), 'cache_open', 'cache_open', 'cache_open']);
    // Five timeouts, and nothing for the others.
    expect(tookMs).toBeLessThan(5 * TIMEOUT_MS + 200);
    expect(after).toBeUndefined();
  });
});

describeWithRedis('ValkeyCacheStore on a cluster', () => {
  let server: RedisServer;
  let store: ValkeyCacheStore;

  beforeAll(async () => {
    server = await RedisServer.start({ cluster: true });
    await server.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    store = open(server.port, { cluster: true });
    await until(() => store.available);
  });

  afterAll(async () => {
    await store.close();
    await server.stop();
  });

  itKeepsTheContract(() => ({ store, pass: (ms) => systemClock.sleep(ms) }));
});

describeWithRedis('ValkeyCacheStore and the loss of its server', () => {
  it('REC-3.10 reads and writes again once there is a server', async () => {
    const first = await RedisServer.start();
    const store = open(first.port);
    await until(() => store.available);
    await first.stop();
    await until(() => !store.available);
    const lost = await codeOf(store.get('key'));
    const second = await RedisServer.start({}, first.port);
    await until(() => store.available);
    await store.set('key', Buffer.from('back'), 60_000);
    const back = String(await store.get('key'));
    await store.close();
    await second.stop();
    expect([lost, back]).toEqual(['cache_unavailable', 'back']);
  });

  it('tells an answer that is an error from a lost connection', async () => {
    const server = await RedisServer.start({ settings: ['--maxmemory', '1mb', '--maxmemory-policy', 'noeviction'] });
    const store = open(server.port);
    await until(() => store.available);
    const full = codeOf(store.set('key', Buffer.alloc(2_000_000), 60_000).then(() => store.set('other', Buffer.from('x'), 60_000)));
    await expect(full).resolves.toBe('cache_refused');
    await store.close();
    await server.stop();
  });
});

describeWithRedis('ValkeyCacheStore over TLS', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start({ tls: true });
  });

  afterAll(() => server.stop());

  it('talks to a server whose certificate is signed by its authority and made out to its host', async () => {
    const store = open(server.port, { host: 'localhost', tls: true, ca: server.ca });
    await until(() => store.available);
    await store.set('key', Buffer.from('secure'), 60_000);
    const value = String(await store.get('key'));
    await store.close();
    expect(value).toBe('secure');
  });

  it.each([
    ['signed by nobody it knows', { host: 'localhost' }, /self-signed certificate/],
    ['made out to another host', { host: '127.0.0.1' }, /does not match certificate's altnames/],
  ])('has no connection to a server whose certificate is %s', async (_name, { host }, message) => {
    const errors: Error[] = [];
    const config = { host, port: server.port, cluster: false, tls: true, timeoutMs: 50, ca: host === '127.0.0.1' ? server.ca : undefined };
    const store = ValkeyCacheStore.open(config, { clock: systemClock, onError: (error) => errors.push(error) });
    await until(() => errors.length > 0);
    const code = await codeOf(store.get('key'));
    await store.close();
    expect([code, errors[0].message]).toEqual(['cache_unavailable', expect.stringMatching(message)]);
  });
});

describe('ValkeyCacheStore without a server', () => {
  let server: Server;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    // Accepts and never answers.
    server = createServer((socket) => sockets.push(socket.on('error', () => {}))).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it.each([false, true])('costs nothing when a server accepts and never answers (cluster: %s)', async (cluster) => {
    const { port } = server.address() as { port: number };
    const store = open(port, { cluster, timeoutMs: TIMEOUT_MS });
    await until(() => sockets.length > 0);
    const began = performance.now();
    const codes = [await codeOf(store.get('key')), await codeOf(store.set('key', Buffer.from('x'), 1_000))];
    const tookMs = performance.now() - began;
    await store.close();
    expect(codes).toEqual(['cache_unavailable', 'cache_unavailable']);
    expect(tookMs).toBeLessThan(2 * TIMEOUT_MS);
  });

  it('is no miss: it rejects with an error of its own class', async () => {
    const store = open(1);
    const error = await store.get('key').catch((given: unknown) => given);
    await store.close();
    expect(error).toBeInstanceOf(CacheError);
    expect((error as CacheError).message).toMatch(/^the cache has no connection \([a-z]+\); it is being made again$/);
  });

  it('can be closed twice', async () => {
    const store = open(1);
    await store.close();
    await expect(store.close()).resolves.toBeUndefined();
  });
});
