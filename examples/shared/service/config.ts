/** What every service is told of its own server. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly requestTimeoutMs: number;
  readonly drainMs: number;
}

/** The environment cannot be used; every fault is named. */
export class ConfigError extends Error {
  readonly code = 'config-invalid';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('; '));
  }
}

/** Reads a whole number of the environment; what is wrong with it goes to the faults. */
export type WholeReader = (name: string, range: readonly [number, number], fallback: number) => number;

export function wholeReader(environment: NodeJS.ProcessEnv, faults: string[]): WholeReader {
  return (name, [from, to], fallback) => {
    const given = environment[name];
    if (given === undefined || given === '') return fallback;
    const value = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
    if (!(value >= from && value <= to)) faults.push(`${name} must be a whole number from ${from} to ${to}, got ${given.slice(0, 80)}`);
    return value;
  };
}

/** Reads HOST, PORT, METRICS_PORT, REQUEST_TIMEOUT_MS and DRAIN_MS. */
export function httpConfig(environment: NodeJS.ProcessEnv, whole: WholeReader): HttpConfig {
  return {
    host: environment.HOST || '::',
    port: whole('PORT', [0, 65_535], 8080),
    metricsPort: whole('METRICS_PORT', [0, 65_535], 9464),
    requestTimeoutMs: whole('REQUEST_TIMEOUT_MS', [100, 29_000], 25_000),
    drainMs: whole('DRAIN_MS', [0, 55_000], 30_000),
  };
}

/** The results of several readers of the environment, or the faults of all of them. */
export function allOf<T extends { readonly [part: string]: unknown }>(readers: { readonly [part in keyof T]: () => T[part] }): T {
  const faults: string[] = [];
  const read = Object.entries(readers).map(([part, reader]) => {
    try {
      return [part, reader()];
    } catch (error) {
      faults.push(...faultsOf(error));
      return [part, undefined];
    }
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.fromEntries(read) as T;
}

function faultsOf(error: unknown): readonly string[] {
  if (error instanceof Error && 'faults' in error && Array.isArray(error.faults)) return error.faults.map(String);
  return [error instanceof Error ? error.message : String(error)];
}
