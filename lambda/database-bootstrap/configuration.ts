import type { Tls } from './session-postgres';

export interface Configuration {
  readonly secretArn: string;
  readonly tls: Tls;
  /** @default none */
  readonly migrationsDirectory?: string;
}

/** Reads the environment; every fault of it is one error. */
export function configuration(environment: NodeJS.ProcessEnv): Configuration {
  const { DATABASE_SECRET_ARN = '', DATABASE_TLS: tls = 'verify-full', MIGRATIONS_DIRECTORY: migrationsDirectory } = environment;
  const faults: string[] = [];
  if (DATABASE_SECRET_ARN === '') faults.push('DATABASE_SECRET_ARN must be the secret of the administrator, got none');
  if (tls !== 'verify-full' && tls !== 'disable') faults.push(`DATABASE_TLS must be verify-full or disable, got ${tls}`);
  if (faults.length > 0) throw new Error(`${faults.join('; ')}; correct the environment`);
  return { secretArn: DATABASE_SECRET_ARN, tls: tls as Tls, migrationsDirectory };
}

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** Without TLS a password would cross a network. */
export function checkTls(tls: Tls, host: string): void {
  if (tls === 'disable' && !LOOPBACK.includes(host)) {
    throw new Error(
      `DATABASE_TLS must be verify-full for a host that is not ${LOOPBACK.join(', ')}, got disable for ${host}; leave it out`,
    );
  }
}
