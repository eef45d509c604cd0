import type { IncomingHttpHeaders } from 'node:http';
import type { TraceContext } from 'plinth-runtime';
import type { Deadline } from 'plinth-runtime/resilience';

/** A request whose fields were checked, as a route's handler is given it. */
export interface Call {
  readonly requestId: string;
  readonly trace: TraceContext;
  readonly deadline: Deadline;
  readonly path: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: unknown };
  readonly body: unknown;
  /** The body as it was sent. */
  readonly bytes: Buffer;
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly cookie: string | undefined;
  readonly ifNoneMatch: string | undefined;
}
