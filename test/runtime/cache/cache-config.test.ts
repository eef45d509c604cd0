import { cacheConfig, CacheConfigError, cacheStore, ValkeyCacheStore } from 'plinth-runtime/cache';

const GIVEN = {
  RESULT_CACHE_HOST: 'results.example.com',
  RESULT_CACHE_PORT: '6380',
  RESULT_CACHE_USER: 'app',
  RESULT_CACHE_PASSWORD: 'secret',
  RESULT_CACHE_CLUSTER: 'true',
};

describe('the configuration of the cache', () => {
  it('is what the platform sets, with TLS and 50 ms a command', () => {
    expect(cacheConfig(GIVEN)).toEqual({
      kind: 'valkey',
      memory: { maxBytes: 67_108_864 },
      valkey: { host: 'results.example.com', port: 6380, user: 'app', password: 'secret', cluster: true, tls: true, timeoutMs: 50 },
    });
  });

  it('is the memory of the process without a host', () => {
    expect(cacheConfig({ RESULT_CACHE_MEMORY_BYTES: '2097152' })).toEqual({ kind: 'memory', memory: { maxBytes: 2_097_152 } });
  });

  it.each(['127.0.0.1', 'localhost', '::1'])('lets TLS be off on %s', (host) => {
    expect(cacheConfig({ RESULT_CACHE_HOST: host, RESULT_CACHE_TLS: 'disable' }).valkey?.tls).toBe(false);
  });

  it('names every fault at once', () => {
    const environment = {
      RESULT_CACHE_HOST: '10.0.0.1',
      RESULT_CACHE_PORT: '0',
      RESULT_CACHE_USER: 'app',
      RESULT_CACHE_CLUSTER: 'yes',
      RESULT_CACHE_TLS: 'disable',
      RESULT_CACHE_TIMEOUT_MS: '1e3',
      RESULT_CACHE_MEMORY_BYTES: '1',
    };
    expect(() => cacheConfig(environment)).toThrow(
      new CacheConfigError([
        'RESULT_CACHE_MEMORY_BYTES must be a whole number between 1048576 and 1099511627776, got 1; leave it out for 67108864',
        'RESULT_CACHE_PORT must be a whole number between 1 and 65535, got 0; leave it out for 6379',
        'RESULT_CACHE_CLUSTER must be false or true, got yes; leave it out for false',
        'RESULT_CACHE_TIMEOUT_MS must be a whole number between 1 and 60000, got 1e3; leave it out for 50',
        'RESULT_CACHE_TLS may be disable on a loopback address only, got 10.0.0.1; leave it out or use 127.0.0.1',
        'RESULT_CACHE_PASSWORD must be set where RESULT_CACHE_USER is, got nothing; inject it or take the user away',
      ]),
    );
  });

  it('opens a store that boots without its server', async () => {
    const store = cacheStore({ RESULT_CACHE_HOST: '127.0.0.1', RESULT_CACHE_PORT: '1', RESULT_CACHE_TLS: 'disable' });
    const refused = store.get('key');
    await expect(refused).rejects.toMatchObject({ code: 'cache_unavailable' });
    await store.close();
    expect(store).toBeInstanceOf(ValkeyCacheStore);
  });
});
