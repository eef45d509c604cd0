import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { ValkeyConfig } from './cache-config';

/** The part of ioredis that is used: one server or a cluster of them. */
export interface ValkeyClient {
  readonly status: string;
  getBuffer(key: string): Promise<Buffer | null>;
  set(key: string, value: Buffer, px: 'PX', ttlMs: number): Promise<unknown>;
  set(key: string, value: Buffer, px: 'PX', ttlMs: number, when: 'XX'): Promise<unknown>;
  pexpire(key: string, ttlMs: number): Promise<number>;
  unlink(key: string): Promise<number>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  disconnect(): void;
}

/**
 * Connects in the background and again after every loss. Commands never queue for a connection: without one they fail at once. A socket
 * that owes answers for a second is given up, so that a hung server is not held on to.
 */
export function connect({ host, port, user, password, cluster, tls, ca }: ValkeyConfig): ValkeyClient {
  const shared: RedisOptions = {
    username: user,
    password,
    tls: tls ? { ca } : undefined,
    connectTimeout: 5_000,
    // A closing store does not hold the process for a server that is gone.
    disconnectTimeout: 200,
    socketTimeout: 1_000,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
  if (!cluster) return new Redis({ ...shared, host, port, enableOfflineQueue: false, retryStrategy: wait });
  return new Cluster([{ host, port }], {
    redisOptions: shared,
    enableOfflineQueue: false,
    clusterRetryStrategy: wait,
    // A certificate names hosts, so hosts must reach the TLS layer, not addresses.
    ...(tls && { dnsLookup: (address, done) => done(null, address) }),
  });
}

const wait = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), 2_000);
