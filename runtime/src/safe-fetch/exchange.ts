import type { Dispatcher } from 'undici';
import type { Connection, ResponseReader } from './connection';
import { SafeFetchError, type SafeFetchFailure } from './errors';
import { type TimeLimit, endedEarly } from './time-limit';

const MOST_HEADERS = 100;
const MOST_INFORMATIONAL = 8;
const KEPT_BODY_BYTES = 2 * 1024;

/** An answer as it came off the wire. */
export interface Answered {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  /** Whether the connection may take another request: the answer was read to its end. */
  readonly isWhole: boolean;
}

/** The connection was closed before anything was written to it: the request can go to another. */
export class NotSentError extends Error {}

/** Sends one request and reads its answer: no more than `mostBodyBytes` of it, and nothing after the time is over. */
export function exchange(
  connection: Connection,
  request: Dispatcher.DispatchOptions,
  limit: TimeLimit,
  mostBodyBytes: number,
): Promise<Answered> {
  return new Promise((resolve, reject) => connection.send(request, new Reader(connection, limit, mostBodyBytes, { resolve, reject })));
}

interface Outcome {
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
}

/** undici's handler: each event either goes on reading or settles, once. */
class Reader implements ResponseReader {
  private isSent = false;
  private isSettled = false;
  private informational = 0;
  private status?: number;
  private headers: Record<string, string> = {};
  private bytes = 0;
  private keptBytes = 0;
  private readonly kept: Buffer[] = [];
  private readonly unwatch: () => void;

  constructor(
    private readonly connection: Connection,
    limit: TimeLimit,
    private readonly mostBodyBytes: number,
    private readonly outcome: Outcome,
  ) {
    this.unwatch = limit.watch((ending) => {
      const details = { address: connection.address, status: this.status, mayHaveArrived: this.isSent };
      this.reject(endedEarly(ending, this.status === undefined ? 'waiting for an answer' : 'reading the answer', details));
    });
  }

  onRequestStart(): void {
    // The next thing undici does is to write.
    this.isSent = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) {
      if (++this.informational > MOST_INFORMATIONAL) this.fail('response', `more than ${MOST_INFORMATIONAL} answers before the answer`);
      return;
    }
    const raw = (controller as unknown as { rawHeaders: readonly Buffer[] }).rawHeaders;
    if (raw.length / 2 > MOST_HEADERS) return this.fail('response', `more than ${MOST_HEADERS} headers`);
    this.status = status;
    this.headers = joined(raw);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isSettled) return;
    this.bytes += chunk.length;
    const part = chunk.subarray(0, KEPT_BODY_BYTES - this.keptBytes);
    // Copied: the chunk is a view of a buffer that may be a hundred times as large.
    if (part.length > 0) this.kept.push(Buffer.from(part));
    this.keptBytes += part.length;
    if (this.bytes > this.mostBodyBytes) this.answer(false);
  }

  onResponseEnd(): void {
    this.answer(true);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.isSent) this.fail(failureOf(error), `${codeOf(error)} ${error.message}`.trim(), error);
    else this.reject(new NotSentError(error.message, { cause: error }));
  }

  onFlood(): void {
    if (this.status === undefined) this.fail('response', 'more bytes than an answer needs, and no answer');
    else this.answer(false);
  }

  /** The status is known: what is too long of the body takes nothing from it. */
  private answer(isWhole: boolean): void {
    if (this.isSettled) return;
    this.settle(isWhole);
    this.outcome.resolve({ status: this.status!, headers: this.headers, body: Buffer.concat(this.kept), isWhole });
  }

  private fail(failure: SafeFetchFailure, what: string, cause?: unknown): void {
    const { address } = this.connection;
    this.reject(new SafeFetchError(failure, `no whole answer: ${what}`, { address, status: this.status, mayHaveArrived: true, cause }));
  }

  private reject(error: Error): void {
    if (this.isSettled) return;
    this.settle(false);
    this.outcome.reject(error);
  }

  private settle(isReusable: boolean): void {
    this.isSettled = true;
    this.unwatch?.();
    if (!isReusable) this.connection.close();
  }
}

/** Headers by lower-case name, those of one name joined as RFC 9110 joins them. */
function joined(raw: readonly Buffer[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i].toString('latin1').toLowerCase();
    const value = raw[i + 1].toString('latin1');
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? '';

function failureOf(error: Error): SafeFetchFailure {
  const code = codeOf(error);
  if (code.startsWith('ERR_SSL_')) return 'tls';
  if (code === 'UND_ERR_SOCKET') return error.message.startsWith('bad ') ? 'response' : 'reset';
  // Both say that the other side closed in the middle of a body.
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' || error.message.includes('EOF')) return 'reset';
  return error.name === 'HTTPParserError' || code.startsWith('UND_ERR_') ? 'response' : 'reset';
}
