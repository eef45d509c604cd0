import { isIP } from 'node:net';
import { DatabaseConfigError } from './errors';

export interface DatabaseConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** A token of IAM for every new connection, or one password. */
  readonly auth: { readonly method: 'iam'; readonly region: string } | { readonly method: 'password'; readonly password: string };
  /** `verify-full`: the certificate must be signed by an AWS root and made out to the host; `disable` on loopback only. */
  readonly tls: 'verify-full' | 'disable';
  readonly pool: { readonly min: number; readonly max: number };
  /** From asking for a connection to having one: waiting in the queue, connecting and trying again, in all. */
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** A replica for what only reads. */
  readonly readHost?: string;
}

const MIN_CONNECTIONS = 10;
const MAX_CONNECTIONS = 50;
const CONNECT_TIMEOUT_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/**
 * Reads the variables DATABASE_* that the platform sets, and names every fault at once.
 *
 * @example
 * const database = Database.open(databaseConfig(process.env));
 */
export function databaseConfig(environment: NodeJS.ProcessEnv): DatabaseConfig {
  const faults: string[] = [];
  const required = (name: string, meaning: string): string => {
    const value = environment[name] ?? '';
    if (value === '') faults.push(`${name} must be ${meaning}, got nothing; set it`);
    return value;
  };
  const whole = (name: string, fallback: number | undefined, [least, most]: readonly [number, number]): number => {
    const text = environment[name] ?? '';
    const value = text === '' && fallback !== undefined ? fallback : Number(text === '' ? NaN : text);
    if (!Number.isInteger(value) || value < least || value > most) {
      faults.push(`${name} must be a whole number from ${least} to ${most}, got ${text === '' ? 'nothing' : text}; correct it`);
    }
    return value;
  };
  const choice = <T extends string>(name: string, allowed: readonly [T, ...T[]]): T => {
    const text = environment[name] || allowed[0];
    const found = allowed.find((value) => value === text);
    if (found === undefined) faults.push(`${name} must be ${allowed.join(' or ')}, got ${text}; correct it`);
    return found ?? allowed[0];
  };

  const host = required('DATABASE_HOST', 'the name of the database server');
  const readHost = environment.DATABASE_READ_HOST || undefined;
  const max = whole('DATABASE_POOL_MAX', undefined, [1, MAX_CONNECTIONS]);
  const tls = choice('DATABASE_TLS', ['verify-full', 'disable']);
  for (const [name, value] of Object.entries({ DATABASE_HOST: host, DATABASE_READ_HOST: readHost ?? '' })) {
    if (tls === 'disable' && value !== '' && !isLoopback(value)) {
      faults.push(`DATABASE_TLS must be verify-full when ${name} is not this machine, got disable for ${value}; leave DATABASE_TLS out`);
    }
  }
  const config: DatabaseConfig = {
    host,
    port: whole('DATABASE_PORT', 5432, [1, 65_535]),
    database: required('DATABASE_NAME', 'the name of a database'),
    user: required('DATABASE_USER', 'the name of a role'),
    auth:
      choice('DATABASE_AUTH', ['iam', 'password']) === 'iam'
        ? { method: 'iam', region: required('AWS_REGION', 'the region of the database, as DATABASE_AUTH is iam') }
        : { method: 'password', password: environment.DATABASE_PASSWORD ?? '' },
    tls,
    pool: { min: Math.min(MIN_CONNECTIONS, max), max },
    connectTimeoutMs: whole('DATABASE_CONNECT_TIMEOUT_MS', CONNECT_TIMEOUT_MS, [100, 300_000]),
    statementTimeoutMs: whole('DATABASE_STATEMENT_TIMEOUT_MS', STATEMENT_TIMEOUT_MS, [100, 300_000]),
    readHost,
  };
  if (faults.length > 0) throw new DatabaseConfigError(faults);
  return config;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
