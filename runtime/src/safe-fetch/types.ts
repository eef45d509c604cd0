import type { Clock } from '../resilience/clock';
import type { Resolve } from './resolve';
import type { UrlRulesOptions } from './url-rules';

export interface SafeFetchOptions extends UrlRulesOptions {
  /**
   * Asks for the addresses of a name.
   * @default the machine's name servers, for at most 5 seconds
   */
  readonly resolve?: Resolve;
  /**
   * How much of a body is read, in bytes; then the connection is closed.
   * @default 65_536
   */
  readonly maxResponseBytes?: number;
  /** @default the machine's own */
  readonly clock?: Clock;
}

export interface SafePost {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
  /** From the call to the last byte of the answer, in milliseconds: the name, the connection, TLS and a slow body are all within it. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** An answer, whatever its status. */
export interface SafeResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Record<string, string>;
  /** The first 2 KiB of the body, as they came. */
  readonly body: Buffer;
  /** The address that answered. */
  readonly address: string;
  readonly latencyMs: number;
  /** The receiver's own time, in milliseconds since the epoch, where it said it. */
  readonly date?: number;
}
