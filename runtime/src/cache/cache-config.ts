import { SettingsReader } from '../settings/settings-reader';

export interface CacheConfig {
  readonly kind: 'memory' | 'valkey';
  readonly memory: { readonly maxBytes: number };
  /** Where kind is `valkey`. */
  readonly valkey?: ValkeyConfig;
}

export interface ValkeyConfig {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly cluster: boolean;
  /** Certificate and host name are verified. */
  readonly tls: boolean;
  /**
   * The authority that signed the server's certificate, as PEM.
   * @default Node's own authorities, which know Amazon's
   */
  readonly ca?: string;
  /** What a command may take. */
  readonly timeoutMs: number;
}

/** What is wrong with the environment of the cache, all of it. */
export class CacheConfigError extends Error {
  override readonly name = 'CacheConfigError';
  readonly code = 'cache_config';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * Reads RESULT_CACHE_HOST, _PORT, _USER, _PASSWORD, _CLUSTER, _TLS, _TIMEOUT_MS and _MEMORY_BYTES. Without a host the store is in the
 * process.
 *
 * @example
 * const config = cacheConfig(process.env);
 */
export function cacheConfig(environment: NodeJS.ProcessEnv): CacheConfig {
  const reader = new SettingsReader(environment);
  const memory = { maxBytes: reader.whole('RESULT_CACHE_MEMORY_BYTES', 1_048_576, 2 ** 40, 64 * 1024 * 1024) };
  const host = reader.text('RESULT_CACHE_HOST');
  const valkey = {
    host: host ?? '',
    port: reader.whole('RESULT_CACHE_PORT', 1, 65_535, 6379),
    user: reader.text('RESULT_CACHE_USER'),
    password: reader.text('RESULT_CACHE_PASSWORD'),
    cluster: reader.choice('RESULT_CACHE_CLUSTER', ['false', 'true']) === 'true',
    tls: reader.choice('RESULT_CACHE_TLS', ['verify-full', 'disable']) !== 'disable',
    timeoutMs: reader.whole('RESULT_CACHE_TIMEOUT_MS', 1, 60_000, 50),
  };
  if (host !== undefined && !valkey.tls && !LOOPBACK.test(host)) {
    reader.faults.push(`RESULT_CACHE_TLS may be disable on a loopback address only, got ${host}; leave it out or use 127.0.0.1`);
  }
  if (host !== undefined && valkey.user !== undefined && valkey.password === undefined) {
    reader.faults.push('RESULT_CACHE_PASSWORD must be set where RESULT_CACHE_USER is, got nothing; inject it or take the user away');
  }
  if (reader.faults.length > 0) throw new CacheConfigError(reader.faults);
  return host === undefined ? { kind: 'memory', memory } : { kind: 'valkey', memory, valkey };
}
