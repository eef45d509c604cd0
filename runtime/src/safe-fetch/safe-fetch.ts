import { isIP } from 'node:net';
import { type Clock, systemClock } from '../resilience/clock';
import { Connection } from './connection';
import { ConnectionPool } from './connection-pool';
import { SafeFetchError } from './errors';
import { type Answered, exchange, NotSentError } from './exchange';
import { sentHeaders } from './headers';
import { openFirst, type Wire } from './open-socket';
import { cachedResolve, dnsResolve, type Resolve } from './resolve';
import { endedEarly, TimeLimit } from './time-limit';
import type { SafeFetchOptions, SafePost, SafeResponse } from './types';
import { plainHost, UrlRules } from './url-rules';

const MOST_BODY_BYTES = 64 * 1024;
/** What a request may bring on the wire: trailers, marks of chunks and records besides, and whatever says nothing at all. */
const MOST_WIRE_HEAD_BYTES = 64 * 1024;
const WIRE_BYTES_PER_BODY_BYTE = 4;
const POOL = { maxIdle: 256, maxIdlePerTarget: 64, idleMs: 4_000 };

/**
 * Posts to URLs that strangers chose: to public addresses only, each checked before it is dialled, within one deadline, without redirects,
 * decoding or proxies.
 *
 * @example
 * const safeFetch = new SafeFetch({ refusedHosts: ['api.example.com'] });
 * const { status } = await safeFetch.post({ url, headers, body, timeoutMs: 10_000 });
 */
export class SafeFetch {
  private readonly rules: UrlRules;
  private readonly clock: Clock;
  private readonly resolve: Resolve;
  private readonly pool: ConnectionPool;
  private readonly mostBodyBytes: number;

  /** `wire` is for tests alone: the name of a host and its address are checked as they are, whatever it does. */
  constructor(
    options: SafeFetchOptions = {},
    private readonly wire: Wire = {},
  ) {
    this.rules = new UrlRules(options);
    this.clock = options.clock ?? systemClock;
    this.resolve = cachedResolve(options.resolve ?? dnsResolve(), this.clock);
    this.pool = new ConnectionPool(POOL, this.clock);
    this.mostBodyBytes = options.maxResponseBytes ?? MOST_BODY_BYTES;
    if (!Number.isInteger(this.mostBodyBytes) || this.mostBodyBytes < 0) {
      throw new RangeError(`maxResponseBytes must be a whole number of bytes, got ${this.mostBodyBytes}`);
    }
  }

  /** What is wrong with a URL as it is written, asked at registration. Never shows a password. */
  urlFault(url: string): string | undefined {
    const fault = this.rules.fault(url);
    return fault && `must be ${fault.allowed}, got ${fault.given}`;
  }

  /** Posts once; nothing is ever sent twice. Rejects with a SafeFetchError where there is no whole answer. */
  async post({ url: given, headers = {}, body, timeoutMs, signal }: SafePost): Promise<SafeResponse> {
    const limit = new TimeLimit(timeoutMs, this.clock, signal);
    try {
      const fault = this.urlFault(given);
      if (fault !== undefined) throw new SafeFetchError('refused-address', `url ${fault}`);
      const { sent, fault: headerFault } = sentHeaders(headers);
      if (headerFault !== undefined) throw new SafeFetchError('refused-address', `header ${headerFault}`);
      const url = new URL(given);
      const addresses = await this.addresses(url, limit);
      const request = { origin: url.origin, path: url.pathname + url.search, method: 'POST' as const, headers: sent, body };
      const { connection, answered } = await this.send(url, addresses, request, limit);
      const { status, headers: received, body: kept } = answered;
      const date = Date.parse(received.date ?? '');
      return {
        status,
        headers: received,
        body: kept,
        address: connection.address,
        latencyMs: limit.elapsedMs,
        date: Number.isNaN(date) ? undefined : date,
      };
    } finally {
      limit.release();
    }
  }

  /** Closes the connections that wait; those in use are closed when their answer is there. */
  async close(): Promise<void> {
    this.pool.close();
  }

  /** Every address of the host, each of them checked: one that is not allowed refuses the post, however many are. */
  private async addresses(url: URL, limit: TimeLimit): Promise<readonly string[]> {
    const host = plainHost(url);
    const addresses = isIP(host) === 0 ? await this.lookUp(host, limit) : [host];
    for (const address of addresses) {
      const fault = this.rules.addressFault(address, url);
      if (fault !== undefined) throw new SafeFetchError('refused-address', `${host} leads to ${fault}`, { address });
    }
    return addresses;
  }

  private async lookUp(host: string, limit: TimeLimit): Promise<readonly string[]> {
    if (host === 'localhost') return ['127.0.0.1', '::1'];
    try {
      const answers = await limit.race(this.resolve(host), (ending) => endedEarly(ending, `asking for the address of ${host}`));
      if (answers.length > 0) return answers.map(({ address }) => address);
      throw Object.assign(new Error('no address'), { code: 'ENODATA' });
    } catch (error) {
      if (error instanceof SafeFetchError) throw error;
      const { code = '', message } = error as NodeJS.ErrnoException;
      throw new SafeFetchError('dns', `no address of ${host}: ${code} ${message}`, { cause: error });
    }
  }

  private async send(url: URL, addresses: readonly string[], request: Parameters<typeof exchange>[1], limit: TimeLimit) {
    while (true) {
      const waiting = this.waiting(url, addresses);
      const connection = waiting ?? (await this.open(url, addresses, limit));
      try {
        const answered: Answered = await exchange(connection, request, limit, this.mostBodyBytes);
        if (answered.isWhole) this.pool.give(keyOf(url, connection.address), connection);
        return { connection, answered };
      } catch (error) {
        if (!(error instanceof NotSentError)) throw error;
        // One that waited was closed meanwhile, and not a byte was written: the next, at last a new one.
        if (!waiting)
          throw new SafeFetchError('connect', `${url.host} closed the connection`, { address: connection.address, cause: error });
      }
    }
  }

  private async open(url: URL, addresses: readonly string[], limit: TimeLimit): Promise<Connection> {
    const { socket, address } = await openFirst(url, addresses, limit, this.wire);
    const options = { idleMs: POOL.idleMs, mostBytesRead: MOST_WIRE_HEAD_BYTES + WIRE_BYTES_PER_BODY_BYTE * this.mostBodyBytes };
    const connection = new Connection(url.origin, address, socket, options);
    connection.onClose(() => this.pool.remove(connection));
    return connection;
  }

  private waiting(url: URL, addresses: readonly string[]): Connection | undefined {
    for (const address of addresses) {
      const connection = this.pool.take(keyOf(url, address));
      if (connection) return connection;
    }
    return undefined;
  }
}

/** A name that leads elsewhere now finds no connection of before. */
const keyOf = (url: URL, address: string) => `${url.origin} ${address}`;
