import type { InternalKeys } from 'plinth-runtime/jobs';
import { ConfigError, type HttpConfig, httpConfig, wholeReader } from '../../shared/service/config';
import { internalKeysOf } from '../../shared/service/internal-keys';
import type { SessionKeys } from './session-cookie';

/** What the service itself is told; its database, cache and provider read their own variables. */
export interface ServiceConfig extends HttpConfig {
  readonly responseCacheSeconds: number;
  /** How much longer an answer may stand in while it cannot be made anew. */
  readonly staleSeconds: number;
  readonly sessionKeys: SessionKeys;
  /** What calls of the job worker are signed with. */
  readonly internalKeys?: InternalKeys;
}

/** Reads the service's own variables. */
export function serviceConfig(environment: NodeJS.ProcessEnv): ServiceConfig {
  const faults: string[] = [];
  const whole = wholeReader(environment, faults);
  const config: ServiceConfig = {
    ...httpConfig(environment, whole),
    responseCacheSeconds: whole('RESPONSE_CACHE_SECONDS', [300, 900], 300),
    staleSeconds: whole('RESPONSE_STALE_SECONDS', [0, 604_800], 86_400),
    sessionKeys: sessionKeys(environment.SESSION_KEY, faults),
    internalKeys: internalKeysOf(environment, faults),
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
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
