import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import { SafeFetchError } from './errors';
import { type TimeLimit, endedEarly } from './time-limit';
import { plainHost, portOf } from './url-rules';

/** What only a test replaces: the checks stay as they are, but a checked address is dialled elsewhere, and another authority is trusted. */
export interface Wire {
  readonly dial?: (target: { readonly host: string; readonly port: number }) => TcpNetConnectOpts;
  readonly ca?: string;
}

const MOST_TRIED = 3;

/** The connection's own errors; everything else that ends a handshake is about TLS. */
const NETWORK_CODES = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNABORTED']);

/** Tries the addresses one after another, each for its share of the time that is left, until one takes the connection. */
export async function openFirst(url: URL, addresses: readonly string[], limit: TimeLimit, wire: Wire) {
  const tried = addresses.slice(0, MOST_TRIED);
  let error: unknown;
  for (const [index, address] of tried.entries()) {
    const left = tried.length - index;
    try {
      return { address, socket: await openSocket(url, address, limit, left > 1 ? limit.remainingMs / left : undefined, wire) };
    } catch (failed) {
      if (!(failed instanceof SafeFetchError) || failed.failure !== 'connect') throw failed;
      error = failed;
    }
  }
  throw error;
}

/**
 * A connection to an address that was checked, of nobody else: the name is not looked up again. TLS asks for the name and checks the
 * certificate against it, whatever the environment says about verification.
 */
function openSocket(url: URL, address: string, limit: TimeLimit, shareMs: number | undefined, wire: Wire): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const target = { host: address, port: portOf(url) };
    const to: TcpNetConnectOpts = { ...(wire.dial?.(target) ?? target), noDelay: true };
    const isTls = url.protocol === 'https:';
    const socket: Socket | TLSSocket = isTls ? connectTls({ ...to, ...tlsOptions(plainHost(url)), ca: wire.ca }) : connectTcp(to);
    let isConnected = false;
    const fail = (error: SafeFetchError) => {
      settle();
      // What else the socket says is about a connection that nobody wants.
      socket.on('error', () => {}).destroy();
      reject(error);
    };
    const failed = (cause: NodeJS.ErrnoException) => {
      const isAboutTls = isTls && isConnected && !NETWORK_CODES.has(cause.code ?? '');
      const what = isAboutTls ? `no TLS with ${url.host}` : `no connection to ${url.host} (${address})`;
      fail(new SafeFetchError(isAboutTls ? 'tls' : 'connect', `${what}: ${cause.code ?? ''} ${cause.message}`, { address, cause }));
    };
    const tooLong = () => failed(Object.assign(new Error('nobody answered'), { code: 'ETIMEDOUT' }));
    const share = shareMs === undefined ? undefined : setTimeout(tooLong, shareMs);
    const unwatch = limit.watch((ending) => fail(endedEarly(ending, `connecting to ${url.host}`, { address })));
    const settle = () => {
      clearTimeout(share);
      unwatch();
      socket.off('error', failed);
    };
    socket.once('connect', () => {
      isConnected = true;
      clearTimeout(share);
    });
    socket.on('error', failed);
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      settle();
      resolve(socket);
    });
  });
}

const tlsOptions = (host: string) => ({
  // SNI is for names.
  servername: isIP(host) === 0 ? host : '',
  checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) => checkServerIdentity(host, certificate),
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2' as const,
  ALPNProtocols: ['http/1.1'],
});
