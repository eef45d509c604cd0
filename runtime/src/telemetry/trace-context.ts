import type { HexIds } from './hex-ids';

/** The trace a request belongs to, and the header the app is given. */
export interface TraceContext {
  readonly traceId: string;
  readonly traceparent: string;
  /** Whether the caller's traceparent was taken up; its tracestate is only then meaningful. */
  readonly continued: boolean;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?$/;
const AMZN_ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/;

/** Continues the caller's trace (W3C, else the load balancer's root), or begins one. A trace begun here is sampled: the app decides. */
export function traceContextOf(traceparent: string | undefined, amznTraceId: string | undefined, ids: HexIds): TraceContext {
  const given = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  // Version 00 has exactly four fields; only a later version may carry more.
  if (given !== null && (traceparent?.length === 55 || !traceparent?.startsWith('00'))) return context(given[1], given[2], true, ids);
  const root = amznTraceId === undefined ? null : AMZN_ROOT.exec(amznTraceId);
  if (root !== null) return context(root[1] + root[2], amznTraceId?.includes('Sampled=0') ? '00' : '01', false, ids);
  return context(ids.next(16), '01', false, ids);
}

function context(traceId: string, flags: string, continued: boolean, ids: HexIds): TraceContext {
  return { traceId, traceparent: `00-${traceId}-${ids.next(8)}-${flags}`, continued };
}
