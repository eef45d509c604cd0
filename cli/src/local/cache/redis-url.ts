import { Misuse } from '../../command';

/** A Redis that somebody else runs. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly tls: boolean;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const DEFAULT_PORT = 6379;

/** Reads REDIS_URL; a password never crosses a network without TLS. */
export function redisAddress(url: string): RedisAddress {
  const fault = (allowed: string, got: string) =>
    new Misuse(`plinth local: REDIS_URL must be ${allowed}, got ${got}; correct it or leave it out`);
  if (!URL.canParse(url)) throw fault('redis://HOST:PORT or rediss://HOST:PORT', 'no URL');
  const { protocol, hostname, port, username, password } = new URL(url);
  if (protocol !== 'redis:' && protocol !== 'rediss:') throw fault('redis://HOST:PORT or rediss://HOST:PORT', `${protocol}//`);
  const tls = protocol === 'rediss:';
  if (!tls && !LOOPBACK.test(hostname)) throw fault('rediss:// for a host that is not this machine', `redis://${hostname}`);
  return {
    host: hostname.replaceAll(/[[\]]/g, ''),
    port: port === '' ? DEFAULT_PORT : Number(port),
    user: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    tls,
  };
}
