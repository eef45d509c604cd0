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
  const faults: string[] = [];
  const read = (name: string) => environment[`RESULT_CACHE_${name}`] || undefined;
  const whole = (name: string, least: number, most: number, otherwise: number): number => {
    const given = read(name);
    if (given === undefined) return otherwise;
    if (/^\d{1,15}$/.test(given) && Number(given) >= least && Number(given) <= most) return Number(given);
    faults.push(`RESULT_CACHE_${name} must be a whole number between ${least} and ${most}, got ${given}; leave it out for ${otherwise}`);
    return otherwise;
  };
  const choice = (name: string, allowed: readonly string[]): string => {
    const given = read(name) ?? allowed[0];
    if (allowed.includes(given)) return given;
    faults.push(`RESULT_CACHE_${name} must be ${allowed.join(' or ')}, got ${given}; leave it out for ${allowed[0]}`);
    return allowed[0];
  };
  const memory = { maxBytes: whole('MEMORY_BYTES', 1_048_576, 2 ** 40, 64 * 1024 * 1024) };
  const host = read('HOST');
  const tls = choice('TLS', ['verify-full', 'disable']) === 'verify-full';
  const valkey = {
    host: host ?? '',
    port: whole('PORT', 1, 65_535, 6379),
    user: read('USER'),
    password: read('PASSWORD'),
    cluster: choice('CLUSTER', ['false', 'true']) === 'true',
    tls,
    timeoutMs: whole('TIMEOUT_MS', 1, 60_000, 50),
  };
  if (host !== undefined && !tls && !LOOPBACK.test(host)) {
    faults.push(`RESULT_CACHE_TLS may be disable on a loopback address only, got ${host}; leave it out or use 127.0.0.1`);
  }
  if (valkey.user !== undefined && valkey.password === undefined && host !== undefined) {
    faults.push('RESULT_CACHE_PASSWORD must be set where RESULT_CACHE_USER is, got nothing; inject it or take the user away');
  }
  if (faults.length > 0) throw new CacheConfigError(faults);
  return host === undefined ? { kind: 'memory', memory } : { kind: 'valkey', memory, valkey };
}
