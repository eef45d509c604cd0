import { AsyncLocalStorage } from 'node:async_hooks';

/** The headers of W3C trace context that calls made for a request carry on. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string;
}

const scope = new AsyncLocalStorage<TraceHeaders>();

/** Does work as part of a trace. */
export function inTrace<T>(headers: TraceHeaders, work: () => T): T {
  return scope.run(headers, work);
}

/** A fetch that passes the trace on to whom it asks. */
export function tracedFetch(send: typeof fetch = fetch): typeof fetch {
  return (input, init) => {
    const trace = scope.getStore();
    if (trace === undefined) return send(input, init);
    const headers = new Headers(init?.headers);
    for (const [name, value] of Object.entries(trace)) if (value !== undefined) headers.set(name, String(value));
    return send(input, { ...init, headers });
  };
}
