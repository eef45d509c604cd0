import type { Tls } from './tls';

/** The task that applies long migrations, and where it runs. */
export interface LongTask {
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

export interface Configuration {
  readonly secretArn: string;
  readonly tls: Tls;
  /** @default none */
  readonly migrationsDirectory?: string;
  /** @default - none, for migrations without long ones */
  readonly longTask?: LongTask;
}

/** Reads the environment; every fault of it is one error. */
export function configuration(environment: NodeJS.ProcessEnv): Configuration {
  const { DATABASE_SECRET_ARN: secretArn = '', DATABASE_TLS: tls = 'verify-full', MIGRATIONS_DIRECTORY, LONG_MIGRATIONS } = environment;
  const faults: string[] = [];
  if (secretArn === '') faults.push('DATABASE_SECRET_ARN must be the secret of the administrator, got none');
  if (tls !== 'verify-full' && tls !== 'disable') faults.push(`DATABASE_TLS must be verify-full or disable, got ${tls}`);
  if (faults.length > 0) throw new Error(`${faults.join('; ')}; correct the environment`);
  return {
    secretArn,
    tls: tls as Tls,
    migrationsDirectory: MIGRATIONS_DIRECTORY || undefined,
    longTask: LONG_MIGRATIONS ? (JSON.parse(LONG_MIGRATIONS) as LongTask) : undefined,
  };
}
