import type { Registry } from 'prom-client';
import { Breaker, BreakerOpenError, type Clock, watchBreaker, withTimeout } from '../resilience';
import type { ValkeyConfig } from './cache-config';
import { CacheError, checkTtl, type SlidingCacheStore } from './cache-store';
import { connect, type ValkeyClient } from './valkey-client';

/** After a failover clients must go on within 30 s; a probe costs one command's time. */
const HALF_OPEN_AFTER_MS = 2_000;

export interface ValkeyCacheStoreDependencies {
  readonly clock: Clock;
  readonly registry?: Registry;
  readonly onError?: (error: Error) => void;
}

/**
 * A store in Valkey or Redis, alone or as a cluster. No command takes longer than its time (50 ms by default), and after 5 that failed
 * in 60 s the store is left alone for 2 s: an absent or hung store costs next to nothing.
 *
 * @example
 * const store = ValkeyCacheStore.open({ host, port: 6379, cluster: true, tls: true, timeoutMs: 50 }, { clock: systemClock });
 */
export class ValkeyCacheStore implements SlidingCacheStore {
  readonly breaker: Breaker;
  private closed = false;

  constructor(
    private readonly client: ValkeyClient,
    private readonly timeoutMs: number,
    private readonly dependencies: ValkeyCacheStoreDependencies,
  ) {
    const { clock, registry, onError } = dependencies;
    this.breaker = new Breaker({
      name: 'result-cache',
      clock,
      halfOpenAfterMs: HALF_OPEN_AFTER_MS,
      judge: (error) => (error instanceof CacheError && error.code === 'cache_refused' ? 'alive' : 'failure'),
    });
    if (registry) watchBreaker(this.breaker, registry);
    client.on('error', (error) => onError?.(error));
  }

  static open(config: ValkeyConfig, dependencies: ValkeyCacheStoreDependencies): ValkeyCacheStore {
    return new ValkeyCacheStore(connect(config), config.timeoutMs, dependencies);
  }

  /** Whether there is a connection and it answers. */
  get available(): boolean {
    return this.client.status === 'ready' && this.breaker.state !== 'open';
  }

  async get(key: string): Promise<Buffer | undefined> {
    return (await this.ask(() => this.client.getBuffer(key))) ?? undefined;
  }

  async set(key: string, value: Buffer, ttlMs: number): Promise<void> {
    checkTtl(ttlMs);
    await this.ask(() => this.client.set(key, value, 'PX', ttlMs));
  }

  /** One command a key, as the keys of a cluster lie on different servers. */
  async delete(...keys: string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.ask(() => this.client.unlink(key))));
  }

  async touch(key: string, ttlMs: number): Promise<boolean> {
    checkTtl(ttlMs);
    return (await this.ask(() => this.client.pexpire(key, ttlMs))) === 1;
  }

  async replace(key: string, value: Buffer, ttlMs: number): Promise<boolean> {
    checkTtl(ttlMs);
    return (await this.ask(() => this.client.set(key, value, 'PX', ttlMs, 'XX'))) === 'OK';
  }

  close(): Promise<void> {
    if (!this.closed) this.client.disconnect();
    this.closed = true;
    return Promise.resolve();
  }

  private async ask<T>(command: () => Promise<T>): Promise<T> {
    const { status } = this.client;
    // No failure of the breaker's: it costs nothing, and the connection is worked on already.
    if (status !== 'ready') throw new CacheError('cache_unavailable', `the cache has no connection (${status}); it is being made again`);
    try {
      return await this.breaker.run(() => this.inTime(command));
    } catch (error) {
      if (error instanceof BreakerOpenError) throw new CacheError('cache_open', error.message);
      throw error;
    }
  }

  private async inTime<T>(command: () => Promise<T>): Promise<T> {
    const { timeoutMs: ms } = this;
    const onTimeout = () => new CacheError('cache_timeout', `the cache gave no answer within ${ms} ms; look at its load and network`);
    try {
      return await withTimeout(command, { ms, clock: this.dependencies.clock, onTimeout });
    } catch (error) {
      throw error instanceof CacheError ? error : translated(error as Error);
    }
  }
}

/** The words of a server's error start with its code, and what follows may repeat the command. */
function translated(error: Error): CacheError {
  if (error.name !== 'ReplyError') return new CacheError('cache_unavailable', 'the cache lost its connection; it is being made again');
  const code = /^[A-Z]+/.exec(error.message)?.[0] ?? 'an error';
  return new CacheError('cache_refused', `the cache answered ${code}; look at its user's rights, memory and state`);
}
