import { isIP } from 'node:net';
import { type Networks, holds, isLoopbackAddress, isPublicAddress, networks } from './addresses';
import { Verdicts } from './verdicts';

const LONGEST_URL = 2048;
const LOCAL_NAME = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/;

export interface UrlRulesOptions {
  /**
   * Lets 127.0.0.0/8, ::1 and `localhost` through, on any port and without TLS. For a run on one's own machine.
   * @default false
   */
  readonly allowLoopback?: boolean;
  /**
   * Lets `http` through.
   * @default false
   */
  readonly allowHttp?: boolean;
  /**
   * The ports that may be posted to.
   * @default 443, and 80 where http is allowed
   */
  readonly ports?: readonly number[];
  /**
   * The platform's own hosts, each with what is below it: `api.example.com`, or with one port only `127.0.0.1:9001`. An address is a host too.
   * @default none; the host of AWS_LAMBDA_RUNTIME_API is always refused
   */
  readonly refusedHosts?: readonly string[];
  /**
   * Networks that are refused beside those which are not public, such as those of a VPC: `52.1.2.0/24`.
   * @default none
   */
  readonly refusedNetworks?: readonly string[];
}

/** What is wrong with a URL; `given` never holds its user or password. */
export interface UrlFault {
  readonly given: string;
  readonly allowed: string;
}

interface RefusedHost {
  readonly host: string;
  readonly port?: number;
}

/**
 * Which URLs may be posted to. Nothing is looked up: where a name leads is asked for, and checked by `addressFault`, when something is sent.
 *
 * @example
 * new UrlRules({ refusedHosts: ['api.example.com'] }).fault('https://2130706433/');
 * // { given: 'the host "127.0.0.1"', allowed: 'an https URL of a public host, without user and password' }
 */
export class UrlRules {
  /** What may be posted to, in words. */
  readonly allowed: string;
  private readonly ports: readonly number[];
  private readonly refusedHosts: readonly RefusedHost[];
  private readonly refusedNetworks: Networks;
  /** What was said before: the rules never change, and asking costs as much as the post. */
  private readonly faults = new Verdicts<UrlFault>();
  private readonly addressFaults = new Verdicts<string>();

  constructor(private readonly options: UrlRulesOptions = {}) {
    const { allowHttp, allowLoopback, refusedHosts = [], refusedNetworks = [] } = options;
    this.ports = options.ports ?? (allowHttp ? [443, 80] : [443]);
    const wrong = this.ports.find((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
    if (wrong !== undefined) throw new RangeError(`ports must be whole numbers from 1 to 65535, got ${wrong}`);
    const runtimeApi = process.env.AWS_LAMBDA_RUNTIME_API;
    this.refusedHosts = [...refusedHosts, ...(runtimeApi ? [runtimeApi] : [])].map(refusedHost);
    this.refusedNetworks = networks(refusedNetworks, 'refusedNetworks');
    const loopback = allowLoopback ? ', or an http URL of this machine' : '';
    this.allowed = `an ${allowHttp ? 'http or https' : 'https'} URL of a public host, without user and password${loopback}`;
  }

  /** What is wrong with a URL as it is written. */
  fault(given: string): UrlFault | undefined {
    return this.faults.of(given, () => this.look(given));
  }

  /** Why an address that the URL's name led to is not dialled. */
  addressFault(address: string, url: URL): string | undefined {
    return this.addressFaults.of(`${address} ${url.origin}`, () => this.lookAt(address, url));
  }

  private look(given: string): UrlFault | undefined {
    if (given.length > LONGEST_URL) return { given: `${given.length} characters`, allowed: `at most ${LONGEST_URL} characters` };
    if (!URL.canParse(given)) return this.fail(hasUser(given) ? 'no URL' : shown(given));
    const url = new URL(given);
    if (url.username !== '' || url.password !== '') return this.fail('a URL with user or password');
    if (url.protocol !== 'https:' && !this.mayBeHttp(url)) return this.fail(shown(given));
    const host = plainHost(url);
    if (!this.isAllowedHost(host, portOf(url))) return this.fail(`the host ${shown(url.hostname)}`);
    if (this.isOwnMachine(host) || this.ports.includes(portOf(url))) return undefined;
    return { given: `port ${portOf(url)}`, allowed: `port ${this.ports.join(' or ')}` };
  }

  private lookAt(address: string, url: URL): string | undefined {
    if (this.isRefusedHost(address, portOf(url)) || holds(this.refusedNetworks, address)) return `${address}, which is refused`;
    if (isPublicAddress(address)) return undefined;
    // A name that leads to this machine is a trick, unless it is this machine's name.
    if (isLoopbackAddress(address) && this.isOwnMachine(plainHost(url))) return undefined;
    return `${address}, which is not a public address`;
  }

  private fail(given: string): UrlFault {
    return { given, allowed: this.allowed };
  }

  private mayBeHttp(url: URL): boolean {
    return url.protocol === 'http:' && (this.options.allowHttp === true || this.isOwnMachine(plainHost(url)));
  }

  private isAllowedHost(host: string, port: number): boolean {
    if (this.isRefusedHost(host, port)) return false;
    if (this.isOwnMachine(host)) return true;
    if (isIP(host) !== 0) return isPublicAddress(host) && !holds(this.refusedNetworks, host);
    return host.includes('.') && !LOCAL_NAME.test(host);
  }

  private isOwnMachine(host: string): boolean {
    return this.options.allowLoopback === true && (host === 'localhost' || isLoopbackAddress(host));
  }

  private isRefusedHost(host: string, port: number): boolean {
    return this.refusedHosts.some(
      (refused) => (host === refused.host || host.endsWith(`.${refused.host}`)) && (refused.port ?? port) === port,
    );
  }
}

/** The host as it is compared: lower case (as URL makes it), an IPv6 address without its brackets, a name without its trailing dots. */
export const plainHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');

export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80));

function refusedHost(given: string): RefusedHost {
  const written = isIP(given) === 6 ? `[${given}]` : given;
  const url = URL.canParse(`https://${written}`) ? new URL(`https://${written}`) : undefined;
  if (url === undefined || url.pathname !== '/' || plainHost(url) === '') {
    throw new RangeError(`refusedHosts must be hosts such as api.example.com or 127.0.0.1:9001, got "${given}"`);
  }
  const port = /:(\d+)$/.exec(written)?.[1];
  return { host: plainHost(url), port: port === undefined ? undefined : Number(port) };
}

const hasUser = (given: string) => given.includes('@');

const LONGEST_SHOWN = 100;
const shown = (text: string) => (text.length > LONGEST_SHOWN ? `"${text.slice(0, LONGEST_SHOWN)}..."` : JSON.stringify(text));
