import type { IncomingMessage, ServerResponse } from 'node:http';
import { HexIds, type LogFields, type Logger, pathOf, requestIdOf, targetFault, traceContextOf } from 'plinth-runtime';
import { StatementError } from 'plinth-runtime/database';
import { type Clock, Deadline } from 'plinth-runtime/resilience';
import type { Answer } from './answer';
import type { Call } from './call';
import { checkedInput } from './input';
import { problemAnswer } from './problem-answer';
import { CONDITIONS, RequestProblem } from './problems';
import type { Found, Router } from './router';
import { inTrace } from './trace-scope';

export type Handlers<Id extends string> = { readonly [operation in Id]: (call: Call) => Promise<Answer> };

/** One answered request, for metrics and the log. */
export interface Answered {
  /** `none` where no route was found. */
  readonly operation: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface ListenerOptions<Id extends string> {
  readonly router: Router<Id>;
  readonly handlers: Handlers<Id>;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The longest a request may take. */
  readonly timeoutMs: number;
  readonly answered: (request: Answered) => void;
  readonly ids?: HexIds;
}

/** Kept back of the gateway's deadline, so that it passes our answer on instead of making one. */
const GATEWAY_MARGIN_MS = 500;
const SLOW_MS = 1_000;
/** As the gateway logs it. */
const CLIENT_LEFT = 499;

/** Takes requests, checks them by the table of operations, and answers what the handlers say. */
export class Listener<Id extends string> {
  /** Whether connections are closed after their answer. */
  draining = false;
  private readonly ids: HexIds;

  constructor(private readonly options: ListenerOptions<Id>) {
    this.ids = options.ids ?? new HexIds();
  }

  readonly serve = (request: IncomingMessage, response: ServerResponse): void => {
    void this.exchange(request, response);
  };

  private async exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { options } = this;
    const startedAt = performance.now();
    const { headers, method = 'GET' } = request;
    const requestId = requestIdOf(headerOf(headers['x-request-id']), this.ids);
    const trace = traceContextOf(headerOf(headers.traceparent), headerOf(headers['x-amzn-trace-id']), this.ids);
    const over = new AbortController();
    const deadline = Deadline.after(this.allowedMs(headerOf(headers['plinth-deadline'])), options.clock, over.signal);
    // Whoever went away waits for nothing; after an answer, nothing is left to stop.
    response.once('close', () => over.abort());
    let operation = 'none';
    let answer: Answer;
    try {
      const found = this.find(method, request.url ?? '');
      operation = found.operation.operationId;
      const input = await checkedInput(found, request);
      const call: Call = {
        requestId,
        trace,
        deadline,
        path: found.path,
        ...input,
        method,
        target: request.url ?? '',
        headers,
        cookie: headers.cookie,
        ifNoneMatch: headers['if-none-match'],
      };
      const { handlers } = options;
      const headersOn = { traceparent: trace.traceparent, ...(trace.continued && { tracestate: headerOf(headers.tracestate) }) };
      answer = await inTrace(headersOn, () => within(deadline, handlers[found.operation.operationId](call)));
    } catch (error) {
      const fields = { requestId, traceId: trace.traceId, operation };
      answer = problemAnswer(error instanceof RequestProblem ? error : this.unexpected(error, fields, deadline), requestId);
    }
    const left = over.signal.aborted;
    if (!left) this.write(response, method, requestId, answer);
    const status = left ? CLIENT_LEFT : answer.status;
    const durationMs = performance.now() - startedAt;
    options.answered({ operation, method, status, durationMs });
    this.record({ requestId, traceId: trace.traceId, operation, status, durationMs: Math.round(durationMs) });
  }

  // Each request stands in the gateway's access log, under the same ids; here, those that somebody will look for.
  private record(fields: { readonly operation: string; readonly status: number; readonly durationMs: number } & LogFields): void {
    const { operation, status, durationMs } = fields;
    const isHealth = operation === 'ready' || operation === 'live';
    if (status >= 500 && !isHealth) this.options.logger.warn('request failed', fields);
    else if (durationMs > SLOW_MS) this.options.logger.warn('request was slow', fields);
  }

  private find(method: string, target: string): Found<Id> & { readonly rawQuery: string } {
    const fault = targetFault(target);
    if (fault !== undefined) throw new RequestProblem(CONDITIONS.malformed, fault);
    const path = pathOf(target);
    return { ...this.options.router.find(method, path), rawQuery: target.slice(path.length + 1) };
  }

  private allowedMs(gatewayGivesUpAt: string | undefined): number {
    const { clock, timeoutMs } = this.options;
    const left = /^\d{1,15}$/.test(gatewayGivesUpAt ?? '') ? Number(gatewayGivesUpAt) - clock.now() - GATEWAY_MARGIN_MS : timeoutMs;
    return Math.max(1, Math.min(timeoutMs, left));
  }

  // The message may hold what the user sent, as PostgreSQL's do: the log gets the kind and the place.
  private unexpected(error: unknown, fields: { readonly [name: string]: string }, deadline: Deadline): RequestProblem {
    if (deadline.signal.aborted) return new RequestProblem(CONDITIONS.deadline);
    const { name, stack = '' } = error instanceof Error ? error : new Error(typeof error);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'none';
    const sqlState = error instanceof StatementError ? error.sqlState : 'none';
    const place = stack
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 5)
      .join('\n');
    this.options.logger.error('request failed unexpectedly', { ...fields, error: name, code, sqlState, place });
    return new RequestProblem(CONDITIONS.internal, 'the failure is in the log under the requestId');
  }

  private write(response: ServerResponse, method: string, requestId: string, { status, body, headers }: Answer): void {
    const hasBody = body !== undefined;
    response.writeHead(status, {
      ...(hasBody && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      'Cache-Control': 'no-store',
      ...headers,
      ...(this.draining && { Connection: 'close' }),
      'x-request-id': requestId,
    });
    response.end(hasBody && method !== 'HEAD' ? body : undefined);
  }
}

/** The answer, or the problem that it did not come in time. */
async function within(deadline: Deadline, answer: Promise<Answer>): Promise<Answer> {
  const { signal } = deadline;
  let late = (): void => {};
  const cut = new Promise<never>((_resolve, reject) => {
    late = () => reject(new RequestProblem(CONDITIONS.deadline));
    signal.addEventListener('abort', late, { once: true });
  });
  try {
    return await Promise.race([answer, cut]);
  } finally {
    signal.removeEventListener('abort', late);
  }
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
