import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The header of a call that a worker makes to an app: when it was signed, and over what. */
export const SIGNATURE_HEADER = 'x-job-signature';

/** A signed call is good for this long, either way: clocks differ. */
export const SIGNATURE_TOLERANCE_MS = 5 * 60_000;

export interface SignedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly body: string | Uint8Array;
}

/** INTERNAL_API_KEY: the key that signs, and the one before it, which still verifies. */
export interface InternalKeys {
  readonly current: string;
  readonly previous?: string;
}

export type Verdict =
  { readonly isValid: true } | { readonly isValid: false; readonly reason: 'missing' | 'malformed' | 'stale' | 'mismatch' };

const HEADER = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/** The keys out of the environment's JSON: `{ "current": "...", "previous": "..." }`. */
export function internalKeys(json: string | undefined): InternalKeys {
  const { current, previous } = parse(json);
  if (typeof current !== 'string' || current === '') {
    throw new Error('INTERNAL_API_KEY: must be JSON with current and, where there is one, previous, got neither; set the secret');
  }
  return { current, previous: typeof previous === 'string' && previous !== '' ? previous : undefined };
}

/** The value of the signature header: HMAC-SHA256 over time, method, target and the body's hash. */
export function signCall(request: SignedRequest, { current }: InternalKeys, now: number): string {
  const seconds = Math.floor(now / 1000);
  return `t=${seconds},v1=${mac(request, seconds, current).toString('hex')}`;
}

/**
 * Whether a call was signed with one of the keys, lately. It may come twice: the job's id and attempt in its body tell which it is.
 *
 * @example
 * const verdict = verifyCall({ method: 'POST', target: request.url, body }, request.headers['x-job-signature'], keys, Date.now());
 */
export function verifyCall(request: SignedRequest, header: string | undefined, { current, previous }: InternalKeys, now: number): Verdict {
  if (header === undefined) return { isValid: false, reason: 'missing' };
  const [, time, signature = ''] = HEADER.exec(header) ?? [];
  if (time === undefined) return { isValid: false, reason: 'malformed' };
  const seconds = Number(time);
  if (Math.abs(now - seconds * 1000) > SIGNATURE_TOLERANCE_MS) return { isValid: false, reason: 'stale' };
  const given = Buffer.from(signature, 'hex');
  const isSigned = (key: string | undefined) => key !== undefined && timingSafeEqual(given, mac(request, seconds, key));
  return isSigned(current) || isSigned(previous) ? { isValid: true } : { isValid: false, reason: 'mismatch' };
}

function mac({ method, target, body }: SignedRequest, seconds: number, key: string): Buffer {
  const hash = createHash('sha256').update(body).digest('hex');
  return createHmac('sha256', key).update(`v1\n${seconds}\n${method.toUpperCase()}\n${target}\n${hash}`).digest();
}

function parse(json: string | undefined): { current?: unknown; previous?: unknown } {
  try {
    return (JSON.parse(json ?? '{}') as object | null) ?? {};
  } catch {
    return {};
  }
}
