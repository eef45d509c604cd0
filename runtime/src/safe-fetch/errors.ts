/**
 * What became of a post that has no answer.
 * - `refused-address`: nothing was sent, and nothing will be the next time: the URL, where its name leads, or a header is not allowed
 * - `dns`: the name leads nowhere, or nobody could say where
 * - `connect`: nobody took the connection, or it broke before TLS was agreed on
 * - `tls`: the other side is not who it should be, or speaks no TLS that is spoken here
 * - `timeout`: the time was over, or the caller left
 * - `reset`: the connection broke before the answer was whole
 * - `response`: what came is no HTTP, or its head is too large
 */
export type SafeFetchFailure = 'dns' | 'tls' | 'refused-address' | 'connect' | 'timeout' | 'reset' | 'response';

export interface SafeFetchErrorDetails {
  /** The address that was dialled. */
  readonly address?: string;
  /** The status, where the head of an answer came. */
  readonly status?: number;
  readonly mayHaveArrived?: boolean;
  readonly cause?: unknown;
}

/** A post without a whole answer. */
export class SafeFetchError extends Error {
  override readonly name = 'SafeFetchError';
  readonly address?: string;
  readonly status?: number;
  /** Whether the receiver may have got the request: from its first byte on nobody can know. */
  readonly mayHaveArrived: boolean;

  constructor(
    readonly failure: SafeFetchFailure,
    message: string,
    { address, status, mayHaveArrived = false, cause }: SafeFetchErrorDetails = {},
  ) {
    super(`SafeFetch.post: ${message}`, cause === undefined ? undefined : { cause });
    this.address = address;
    this.status = status;
    this.mayHaveArrived = mayHaveArrived;
  }
}
