import type { SessionKeys } from './session-cookie';

/** What the service itself is told; its database, cache and provider read their own variables. */
export interface ServiceConfig {
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly responseCacheSeconds: number;
  /** How much longer an answer may stand in while it cannot be made anew. */
  readonly staleSeconds: number;
  readonly requestTimeoutMs: number;
  readonly drainMs: number;
  readonly sessionKeys: SessionKeys;
}

/** The environment cannot be used; every fault is named. */
export class ConfigError extends Error {
  readonly code = 'config-invalid';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('; '));
  }
}

type Environment = NodeJS.ProcessEnv;

/** Reads the service's own variables. */
export function serviceConfig(environment: Environment): ServiceConfig {
  const faults: string[] = [];
  const whole = (name: string, [from, to]: readonly [number, number], fallback: number): number => {
    const given = environment[name];
    if (given === undefined || given === '') return fallback;
    const value = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
    if (!(value >= from && value <= to)) faults.push(`${name} must be a whole number from ${from} to ${to}, got ${given.slice(0, 80)}`);
    return value;
  };
  const config: ServiceConfig = {
    host: environment.HOST || '::',
    port: whole('PORT', [0, 65_535], 8080),
    metricsPort: whole('METRICS_PORT', [0, 65_535], 9464),
    responseCacheSeconds: whole('RESPONSE_CACHE_SECONDS', [300, 900], 300),
    staleSeconds: whole('RESPONSE_STALE_SECONDS', [0, 604_800], 86_400),
    requestTimeoutMs: whole('REQUEST_TIMEOUT_MS', [100, 29_000], 25_000),
    drainMs: whole('DRAIN_MS', [0, 55_000], 30_000),
    sessionKeys: sessionKeys(environment.SESSION_KEY, faults),
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
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

const MIN_KEY_LENGTH = 16;

// The value is a secret: what was given is never told.
function sessionKeys(json: string | undefined, faults: string[]): SessionKeys {
  const allowed = `SESSION_KEY must be JSON with current, and previous if there is one, of at least ${MIN_KEY_LENGTH} characters`;
  const refuse = (given: string): SessionKeys => {
    faults.push(`${allowed}, got ${given}`);
    return { current: '' };
  };
  if (json === undefined || json === '') return refuse('nothing');
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return refuse('something else');
  }
  const { current, previous } = (parsed ?? {}) as { readonly [name: string]: unknown };
  if (!isKey(current)) return refuse('no such current');
  if (previous !== undefined && previous !== '' && !isKey(previous)) return refuse('no such previous');
  return { current, ...(isKey(previous) && { previous }) };
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && value.length >= MIN_KEY_LENGTH;
}
